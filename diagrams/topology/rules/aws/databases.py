"""Databases, and how they replicate."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.facts import items, text, whole
from topology.draft.parts import DraftNode
from topology.kinds import EdgeKind, Kind, Placement, Tier
from topology.parts import Member
from topology.rules.aws.placing import CHOSEN, MAY, joined
from topology.rules.rule import Role, Rule, folded

CLUSTER = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
_ENGINES = {
    "aurora-postgresql": "Aurora PostgreSQL",
    "aurora-mysql": "Aurora MySQL",
    "postgres": "RDS PostgreSQL",
    "mysql": "RDS MySQL",
    "mariadb": "RDS MariaDB",
}


def shape_cluster(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Engine, and the instances in the order in which Aurora promotes them."""
    engine = text(resource.inputs, "engine")
    node.service = _ENGINES.get(engine, f"RDS cluster {engine}".strip())
    node.icon = f"aws/aurora/{engine}" if engine.startswith("aurora") else f"aws/rds/{engine or 'cluster'}"
    if version := text(resource.inputs, "engineVersion"):
        node.details[version] = None
    parts = [one for one in draft.parts.get(resource.urn, ()) if one.type == CLUSTER_INSTANCE]
    parts.sort(key=lambda one: (whole(one.inputs, "promotionTier") or 0, one.name))
    for index, part in enumerate(parts):
        node.members.append(
            Member(
                id=draft.ids[part.urn],
                label=part.name,
                zone=text(part.inputs, "availabilityZone"),
                role="reader" if index else "writer",
                urn=part.urn,
            )
        )
        if size := text(part.inputs, "instanceClass"):
            node.details[size] = None
    if node.members:
        pinned = all(member.zone for member in node.members)
        node.placement = Placement.IN if pinned else Placement.CHOSEN
        node.zone_note = "" if pinned else CHOSEN
    else:
        node.zone_note = MAY


def flow_cluster(draft: Draft, resource: Resource) -> None:
    """Replication into this cluster, from another one or from the primary of a global database."""
    node = draft.home[resource.urn]
    for source in draft.homes(draft.facts.linked(resource, "replicationSourceIdentifier")):
        draft.connect(source, node, EdgeKind.REPLICATION, "replication", resource)


def flow_global(draft: Draft, resource: Resource) -> None:
    """A global database: its primary cluster feeds the others."""
    facts = draft.facts
    members = [
        one for one in draft.users_of(resource) if one.type == CLUSTER and facts.linked(one, "globalClusterIdentifier")
    ]
    named = facts.linked(resource, "sourceDbClusterIdentifier")
    members += [one for one in named if one not in members]
    first = next(iter(named), None) or next((one for one in members if _has_master(one)), None)
    for other in members:
        if first is not None and other is not first:
            draft.connect(
                draft.home[first.urn], draft.home[other.urn], EdgeKind.REPLICATION, "global database", resource
            )


def _has_master(cluster: Resource) -> bool:
    return any(cluster.inputs.get(key) for key in ("masterUsername", "manageMasterUserPassword", "masterPassword"))


def shape_instance(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Engine, size and, where it is Multi-AZ, the standby."""
    source = next(iter(draft.facts.linked(resource, "replicateSourceDb")), None)
    engine = text(resource.inputs, "engine") or (text(source.inputs, "engine") if source else "")
    node.service = _ENGINES.get(engine, f"RDS {engine}".strip())
    node.icon = f"aws/rds/{engine or 'instance'}"
    if detail := joined(text(resource.inputs, "instanceClass"), "read replica" if source else ""):
        node.details[detail] = None
    zone = text(resource.inputs, "availabilityZone")
    id_ = draft.ids[resource.urn]
    role = "replica" if source else "primary"
    node.members.append(Member(id=id_, label=resource.name, zone=zone, role=role, urn=resource.urn))
    if resource.inputs.get("multiAz") is True:
        node.details["Multi-AZ"] = None
        node.members.append(Member(id=f"{id_}-standby", label="standby", role="standby"))
    pinned = all(member.zone for member in node.members)
    node.placement = Placement.IN if pinned else Placement.CHOSEN
    node.zone_note = "" if pinned else CHOSEN


def flow_instance(draft: Draft, resource: Resource) -> None:
    """Replication from the instance that this one copies."""
    for source in draft.homes(draft.facts.linked(resource, "replicateSourceDb")):
        draft.connect(source, draft.home[resource.urn], EdgeKind.REPLICATION, "replication", resource)


def flow_proxy(draft: Draft, resource: Resource) -> None:
    """A proxy in front of a database."""
    facts = draft.facts
    for proxy in draft.homes(facts.linked(resource, "dbProxyName")):
        for target in draft.homes(facts.linked(resource, "dbClusterIdentifier", "dbInstanceIdentifier")):
            draft.connect(proxy, target, EdgeKind.TRAFFIC, "", resource)


def shape_table(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Billing mode and replica regions of a table."""
    if text(resource.inputs, "billingMode") == "PAY_PER_REQUEST":
        node.details["on demand"] = None
    for replica in items(resource.inputs, "replicas"):
        if region := text(replica, "regionName"):
            node.details[f"replica in {region}"] = None


_DB = ("vpcSecurityGroupIds", "dbSubnetGroupName", "kmsKeyId", "masterUserSecretKmsKeyId", "parameterGroupName")
RULES: dict[str, Rule] = {
    CLUSTER: Rule(
        role=Role.PRIMARY,
        kind=Kind.DATABASE,
        icon="aws/aurora",
        tier=Tier.DATA,
        carries=(*_DB, "dbClusterParameterGroupName", "dbInstanceParameterGroupName", "globalClusterIdentifier"),
        subnets=("dbSubnetGroupName",),
        shape=shape_cluster,
        flow=flow_cluster,
    ),
    CLUSTER_INSTANCE: Rule(
        role=Role.PART,
        of=("clusterIdentifier",),
        carries=("dbParameterGroupName", "monitoringRoleArn", "performanceInsightsKmsKeyId"),
    ),
    "aws:rds/globalCluster:GlobalCluster": Rule(
        role=Role.CONNECTOR, of=("sourceDbClusterIdentifier",), flow=flow_global
    ),
    "aws:rds/instance:Instance": Rule(
        role=Role.PRIMARY,
        kind=Kind.DATABASE,
        icon="aws/rds",
        tier=Tier.DATA,
        carries=(*_DB, "monitoringRoleArn", "optionGroupName"),
        subnets=("dbSubnetGroupName",),
        shape=shape_instance,
        flow=flow_instance,
    ),
    **dict.fromkeys(
        (
            "aws:rds/parameterGroup:ParameterGroup",
            "aws:rds/clusterParameterGroup:ClusterParameterGroup",
            "aws:rds/optionGroup:OptionGroup",
        ),
        folded(),
    ),
    "aws:rds/proxy:Proxy": Rule(
        role=Role.PRIMARY,
        kind=Kind.PROXY,
        service="RDS Proxy",
        icon="aws/rds-proxy",
        tier=Tier.DATA,
        carries=("vpcSecurityGroupIds", "roleArn", "auths"),
        subnets=("vpcSubnetIds",),
    ),
    "aws:rds/proxyTarget:ProxyTarget": Rule(role=Role.CONNECTOR, of=("dbProxyName",), flow=flow_proxy),
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": folded("dbProxyName"),
    "aws:rds/proxyEndpoint:ProxyEndpoint": folded("dbProxyName"),
    "aws:rds/clusterEndpoint:ClusterEndpoint": folded("clusterIdentifier"),
    "aws:rds/clusterRoleAssociation:ClusterRoleAssociation": folded("dbClusterIdentifier"),
    "aws:rds/eventSubscription:EventSubscription": folded("snsTopic"),
    "aws:dynamodb/table:Table": Rule(
        role=Role.PRIMARY,
        kind=Kind.DATABASE,
        service="DynamoDB table",
        icon="aws/dynamodb",
        tier=Tier.DATA,
        carries=("serverSideEncryption",),
        shape=shape_table,
    ),
    "aws:dynamodb/tableReplica:TableReplica": folded("globalTableArn"),
    "aws:opensearch/domain:Domain": Rule(
        role=Role.PRIMARY,
        kind=Kind.DATABASE,
        service="OpenSearch domain",
        icon="aws/opensearch",
        tier=Tier.DATA,
        carries=("vpcOptions", "encryptAtRest"),
        subnets=("vpcOptions.subnetIds",),
    ),
    "aws:redshift/cluster:Cluster": Rule(
        role=Role.PRIMARY,
        kind=Kind.DATABASE,
        service="Redshift cluster",
        icon="aws/redshift",
        tier=Tier.DATA,
        carries=("vpcSecurityGroupIds", "iamRoles", "kmsKeyId"),
    ),
}
