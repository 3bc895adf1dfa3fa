"""Caches, and who may use them."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.facts import text, texts, whole
from topology.draft.parts import DraftNode
from topology.kinds import Kind, Placement, Tier
from topology.parts import Member
from topology.rules.aws.placing import MAY, joined
from topology.rules.rule import Role, Rule, folded


def shape_cache(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Engine, node type, and the cache nodes with the zones that are said for them."""
    engine = text(resource.inputs, "engine") or "redis"
    node.service = f"ElastiCache {'for Memcached' if engine == 'memcached' else engine.capitalize()}"
    node.icon = f"aws/elasticache/{engine}"
    node.details[joined(engine, text(resource.inputs, "nodeType").removeprefix("cache."))] = None
    shards = whole(resource.inputs, "numNodeGroups") or 1
    replicas = whole(resource.inputs, "replicasPerNodeGroup")
    count = whole(resource.inputs, "numCacheClusters") or whole(resource.inputs, "numCacheNodes")
    if count is None:
        count = shards * ((replicas or 0) + 1)
    zones = texts(resource.inputs, "preferredCacheClusterAzs") or texts(resource.inputs, "preferredAvailabilityZones")
    for index in range(count):
        node.members.append(
            Member(
                id=f"{draft.ids[resource.urn]}-{index + 1}",
                label=f"{resource.name}-{index + 1}",
                zone=zones[index] if index < len(zones) else "",
                role="node" if engine == "memcached" else ("replica" if index >= shards else "primary"),
            )
        )
    pinned = len(zones) >= count
    node.placement = Placement.IN if pinned else Placement.MAY
    node.zone_note = "" if pinned else MAY


RULES: dict[str, Rule] = {
    **dict.fromkeys(("aws:elasticache/parameterGroup:ParameterGroup", "aws:elasticache/user:User"), folded()),
    "aws:elasticache/userGroup:UserGroup": folded(carries=("userIds",)),
    "aws:elasticache/userGroupAssociation:UserGroupAssociation": folded("userGroupId"),
    **dict.fromkeys(
        ("aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/cluster:Cluster"),
        Rule(
            role=Role.PRIMARY,
            kind=Kind.CACHE,
            icon="aws/elasticache",
            tier=Tier.DATA,
            carries=(
                "securityGroupIds",
                "subnetGroupName",
                "parameterGroupName",
                "userGroupIds",
                "kmsKeyId",
                "logDeliveryConfigurations",
            ),
            subnets=("subnetGroupName",),
            shape=shape_cache,
        ),
    ),
    "aws:elasticache/serverlessCache:ServerlessCache": Rule(
        role=Role.PRIMARY,
        kind=Kind.CACHE,
        service="ElastiCache Serverless",
        icon="aws/elasticache",
        tier=Tier.DATA,
        carries=("securityGroupIds", "userGroupId", "kmsKeyId"),
        subnets=("subnetIds",),
    ),
}
