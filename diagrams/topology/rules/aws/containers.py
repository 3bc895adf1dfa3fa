"""ECS and EKS, and the images that they run."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.facts import text, whole
from topology.draft.parts import DraftNode
from topology.kinds import Kind, Tier
from topology.rules.rule import Role, Rule, folded


def shape_ecs(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Launch type, size and image of an ECS service."""
    launch = text(resource.inputs, "launchType")
    node.service = "ECS service on Fargate" if launch == "FARGATE" else "ECS service"
    node.icon = "aws/fargate" if launch == "FARGATE" else "aws/ecs"
    count = whole(resource.inputs, "desiredCount")
    if count is not None:
        node.details[f"{count} {'task' if count == 1 else 'tasks'}"] = None
    for task in draft.facts.linked(resource, "taskDefinition"):
        cpu, memory = text(task.inputs, "cpu"), text(task.inputs, "memory")
        if cpu and memory:
            node.details[f"{cpu} CPU units · {memory} MiB"] = None
    node.zone_note = "spread by Amazon ECS"


RULES: dict[str, Rule] = {
    "aws:ecs/cluster:Cluster": folded(),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": folded("clusterName"),
    "aws:ecs/capacityProvider:CapacityProvider": folded("autoScalingGroupProvider"),
    "aws:ecs/service:Service": Rule(
        role=Role.PRIMARY,
        kind=Kind.SERVICE,
        service="ECS service",
        icon="aws/ecs",
        tier=Tier.PRIVATE,
        carries=("cluster", "taskDefinition", "networkConfiguration", "iamRole", "serviceRegistries"),
        subnets=("networkConfiguration.subnets",),
        shape=shape_ecs,
    ),
    "aws:ecs/taskDefinition:TaskDefinition": folded(
        carries=("executionRoleArn", "taskRoleArn", "containerDefinitions", "volumes")
    ),
    "aws:ecr/repository:Repository": Rule(
        role=Role.BADGE, badge="image", icon="aws/ecr", carries=("encryptionConfigurations",)
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": folded("repository"),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": folded("repository"),
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": folded("vpc"),
    "aws:servicediscovery/service:Service": folded("dnsConfig"),
    "aws:eks/cluster:Cluster": Rule(
        role=Role.PRIMARY,
        kind=Kind.SERVICE,
        service="EKS cluster",
        icon="aws/eks",
        tier=Tier.PRIVATE,
        carries=("roleArn", "vpcConfig", "encryptionConfig"),
        subnets=("vpcConfig.subnetIds",),
    ),
    "aws:eks/nodeGroup:NodeGroup": Rule(
        role=Role.PRIMARY,
        kind=Kind.SERVICE,
        service="EKS node group",
        icon="aws/eks",
        tier=Tier.PRIVATE,
        carries=("nodeRoleArn", "launchTemplate"),
        subnets=("subnetIds",),
    ),
}
