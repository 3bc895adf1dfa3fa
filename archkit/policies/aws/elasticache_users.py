"""Amazon ElastiCache: users of Valkey and Redis, zones of members, and TLS of Memcached."""

from __future__ import annotations

from collections.abc import Iterator

from archkit.graph import Graph, Resource
from archkit.policies.model import Problem, policy
from archkit.policies.read import is_true, literal, number, obj, sources, texts

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER = "aws:elasticache/cluster:Cluster"
USERS = "aws:elasticache/userGroup:UserGroup"
USER = "aws:elasticache/user:User"
MOST_NODES, MOST_REPLICAS = 500, 5
TLS_SINCE = (1, 6, 12)
_GUIDE = "Amazon ElastiCache User Guide"


@policy(
    "aws-elasticache-users",
    title="Users are of their cache's engine, called by their id with IAM, and come without a token",
    source=f"{_GUIDE}, Role-Based Access Control; Authenticating with IAM",
)
def users(graph: Graph) -> Iterator[Problem]:
    for user in graph.of_type(USER):
        id_, name = literal(user.inputs.get("userId")), literal(user.inputs.get("userName"))
        if obj(user.inputs.get("authenticationMode")).get("type") == "iam" and id_ != name:
            yield Problem(
                resource=user,
                reason=f"userName: must be the user's id {id_!r} with IAM, got {name!r}",
                remedy="give both the same name",
            )
    for users_ in graph.of_type(USERS):
        yield from _same_engine(users_, sources(graph, users_, "userIds", USER))
    for group in graph.of_type(GROUP):
        yield from _same_engine(group, sources(graph, group, "userGroupIds", USERS))
        if not group.inputs.get("userGroupIds"):
            continue
        if group.inputs.get("authToken"):
            yield Problem(
                resource=group,
                reason="authToken: must be left out where there are users, got both",
                remedy="leave the token out",
            )
        if not is_true(group.inputs.get("transitEncryptionEnabled")):
            yield Problem(
                resource=group,
                reason="transitEncryptionEnabled: must be on where there are users, it is off",
                remedy="turn it on",
            )


def _same_engine(one: Resource, others: list[Resource]) -> Iterator[Problem]:
    engine = _engine(one)
    for other in others:
        theirs = _engine(other)
        # Users of Redis may be in a group of Valkey, not the other way round.
        if engine and theirs and engine != theirs and (engine, theirs) != ("valkey", "redis"):
            yield Problem(
                resource=other,
                reason=f"engine: must be that of {one.name}, {engine}, got {theirs}",
                remedy="name the same engine",
            )


def _engine(one: Resource) -> str:
    return (literal(one.inputs.get("engine")) or "redis").lower()


@policy(
    "aws-elasticache-shape",
    title="Members, shards and zones fit each other",
    source="Amazon ElastiCache API, CreateReplicationGroup and CreateCacheCluster",
)
def shape(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(GROUP):
        if is_true(one.inputs.get("multiAzEnabled")) and not is_true(one.inputs.get("automaticFailoverEnabled")):
            yield Problem(
                resource=one,
                reason="automaticFailoverEnabled: must be on with multiAzEnabled, it is off",
                remedy="turn it on",
            )
        yield from _shards(one)
        yield from _zones(one, "preferredCacheClusterAzs", "numCacheClusters")
    for one in graph.of_type(CLUSTER):
        yield from _zones(one, "preferredAvailabilityZones", "numCacheNodes")
        if one.inputs.get("azMode") == "cross-az" and number(one.inputs.get("numCacheNodes")) == 1:
            yield Problem(
                resource=one,
                reason="azMode: must be single-az with one node, got cross-az",
                remedy="add a node, or leave it out",
            )


def _shards(one: Resource) -> Iterator[Problem]:
    shards, replicas = number(one.inputs.get("numNodeGroups")), number(one.inputs.get("replicasPerNodeGroup")) or 0
    if shards is None:
        return
    if one.inputs.get("numCacheClusters") is not None:
        yield Problem(
            resource=one,
            reason="numCacheClusters: must be left out with numNodeGroups, got both",
            remedy="say shards and replicas, or members",
        )
    if shards * (replicas + 1) > MOST_NODES or replicas > MOST_REPLICAS:
        yield Problem(
            resource=one,
            reason=f"numNodeGroups: must make at most {MOST_NODES} nodes with at most {MOST_REPLICAS} replicas each, "
            f"got {shards:g} with {replicas:g}",
            remedy="take fewer shards or replicas",
        )


def _zones(one: Resource, zones: str, count: str) -> Iterator[Problem]:
    named, wanted = one.inputs.get(zones), number(one.inputs.get(count))
    if isinstance(named, list) and wanted is not None and len(texts(named)) != wanted:
        yield Problem(
            resource=one,
            reason=f"{zones}: must be one zone for each of the {wanted:g} of {count}, got {len(texts(named))}",
            remedy="name as many, or none",
        )


@policy(
    "aws-elasticache-memcached-tls",
    title="Memcached speaks TLS, in a version that does",
    source=f"{_GUIDE}, In-transit encryption",
)
def memcached_tls(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(CLUSTER):
        if one.inputs.get("engine") != "memcached":
            continue
        version = literal(one.inputs.get("engineVersion"))
        if not is_true(one.inputs.get("transitEncryptionEnabled")):
            yield Problem(
                resource=one,
                reason="transitEncryptionEnabled: is off",
                remedy="set transit_encryption_enabled=True",
            )
        elif version and tuple(int(part) for part in version.split(".") if part.isdigit()) < TLS_SINCE:
            yield Problem(
                resource=one,
                reason=f"engineVersion: must be at least 1.6.12 with TLS, got {version}",
                remedy="take a newer version",
            )
