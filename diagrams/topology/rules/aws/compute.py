"""Instances, autoscaling groups and what scales."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.facts import text, whole
from topology.draft.parts import DraftNode
from topology.kinds import How, Kind, Placement, Tier
from topology.parts import Member
from topology.rules.rule import Role, Rule, folded


def shape_group(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Size and instance type of an autoscaling group."""
    low, high = whole(resource.inputs, "minSize"), whole(resource.inputs, "maxSize")
    if low is not None and high is not None:
        node.details[f"min {low} · max {high}"] = None
    for template in draft.facts.linked(resource, "launchTemplate", "mixedInstancesPolicy", "launchConfiguration"):
        if size := text(template.inputs, "instanceType"):
            node.details[size] = None
    subnets = draft.facts.linked(resource, "vpcZoneIdentifiers")
    node.zone_note = "" if (low or 0) >= len(subnets) else "spread by Auto Scaling"


def shape_instance(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Type of an instance, and its zone where that is said without a subnet."""
    if size := text(resource.inputs, "instanceType"):
        node.details[size] = None
    if zone := text(resource.inputs, "availabilityZone"):
        node.zones.add(zone)
        node.placement = Placement.IN
    if len(node.urns) > 1:
        for subnet in draft.facts.linked(resource, "subnetId"):
            zone = zone or draft.containers[draft.box[subnet.urn]].zone
        node.members.append(
            Member(id=draft.ids[resource.urn], label=resource.name, zone=zone, role="instance", urn=resource.urn)
        )


def flow_scaling(draft: Draft, resource: Resource) -> None:
    """Folds a scaling policy or target into what it scales, with its range."""
    node = draft.nodes.get(draft.owner(resource))
    low, high = whole(resource.inputs, "minCapacity"), whole(resource.inputs, "maxCapacity")
    if node is not None and low is not None and high is not None:
        node.details[f"min {low} · max {high}"] = None
    draft.account(resource, How.FOLDED, node.id if node else "")


_SCALING = ("scalableTargetId", "resourceId", "autoscalingGroupName", "policyName")
RULES: dict[str, Rule] = {
    "aws:autoscaling/group:Group": Rule(
        role=Role.PRIMARY,
        kind=Kind.SERVICE,
        service="Auto Scaling group",
        icon="aws/ec2-auto-scaling",
        tier=Tier.PRIVATE,
        carries=("launchTemplate", "mixedInstancesPolicy", "launchConfiguration"),
        subnets=("vpcZoneIdentifiers",),
        shape=shape_group,
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": folded(
        carries=(
            "vpcSecurityGroupIds",
            "networkInterfaces",
            "iamInstanceProfile",
            "blockDeviceMappings",
            "userData",
            "keyName",
        )
    ),
    "aws:ec2/launchConfiguration:LaunchConfiguration": folded(carries=("securityGroups", "iamInstanceProfile")),
    "aws:ec2/instance:Instance": Rule(
        role=Role.PRIMARY,
        kind=Kind.INSTANCE,
        service="EC2 instance",
        icon="aws/ec2",
        tier=Tier.PRIVATE,
        carries=("vpcSecurityGroupIds", "securityGroups", "iamInstanceProfile", "keyName", "launchTemplate"),
        subnets=("subnetId",),
        shape=shape_instance,
    ),
    "aws:ec2/keyPair:KeyPair": folded(),
    "aws:ec2/placementGroup:PlacementGroup": folded(),
    "aws:ebs/volume:Volume": Rule(
        role=Role.PRIMARY,
        kind=Kind.VOLUME,
        service="EBS volume",
        icon="aws/ebs",
        tier=Tier.STORAGE,
        carries=("kmsKeyId",),
    ),
    "aws:ec2/volumeAttachment:VolumeAttachment": folded("instanceId"),
    **dict.fromkeys(
        (
            "aws:autoscaling/attachment:Attachment",
            "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment",
            "aws:autoscaling/lifecycleHook:LifecycleHook",
            "aws:autoscaling/tag:Tag",
        ),
        folded("autoscalingGroupName"),
    ),
    **dict.fromkeys(
        (
            "aws:autoscaling/policy:Policy",
            "aws:autoscaling/schedule:Schedule",
            "aws:appautoscaling/target:Target",
            "aws:appautoscaling/policy:Policy",
            "aws:appautoscaling/scheduledAction:ScheduledAction",
        ),
        Rule(role=Role.FOLDED, of=_SCALING, flow=flow_scaling),
    ),
    "aws:autoscaling/notification:Notification": folded("groupNames", "topicArn"),
    "aws:apprunner/service:Service": Rule(
        role=Role.PRIMARY, kind=Kind.SERVICE, service="App Runner service", icon="aws/app-runner", tier=Tier.PUBLIC
    ),
    "aws:batch/jobQueue:JobQueue": Rule(
        role=Role.PRIMARY, kind=Kind.JOB, service="Batch job queue", icon="aws/batch", tier=Tier.PRIVATE
    ),
}
