"""Amazon ElastiCache."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archkit.graph import Graph
from archkit.policies.model import Problem, policy
from archkit.policies.read import is_true, literal, number, obj, sources

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
_GUIDE = "Amazon ElastiCache User Guide"


@policy(
    "aws-elasticache-user-password",
    title="Users of Valkey and Redis need a password or IAM",
    source=f"{_GUIDE}, Role-Based Access Control",
)
def user_password(graph: Graph) -> Iterator[Problem]:
    for user in graph.of_type("aws:elasticache/user:User"):
        mode = obj(user.inputs.get("authenticationMode"))
        kind = mode.get("type")
        authenticated = user.inputs.get("passwords") or kind == "iam" or (kind == "password" and mode.get("passwords"))
        if is_true(user.inputs.get("noPasswordRequired")) or kind == "no-password-required" or not authenticated:
            yield Problem(
                resource=user,
                reason="authenticationMode: neither a password nor IAM, so whoever reaches the cache is this user",
                remedy='set authentication_mode={"type": "iam"}, or passwords',
            )


@policy(
    "aws-elasticache-parameter-group-family",
    title="Parameter groups are of their cache's family",
    source=f"{_GUIDE}, Engine-specific parameters",
)
def family(graph: Graph) -> Iterator[Problem]:
    for one in (*graph.of_type(GROUP), *graph.of_type("aws:elasticache/cluster:Cluster")):
        engine, version = literal(one.inputs.get("engine")) or "redis", literal(one.inputs.get("engineVersion"))
        for group in sources(graph, one, "parameterGroupName", "aws:elasticache/parameterGroup:ParameterGroup"):
            stated = re.fullmatch(r"([a-z]+)([\d.]+)(?:\.x)?", str(group.inputs.get("family")))
            named = stated is not None and stated[1] == engine
            versioned = stated is not None and (version is None or version.startswith(stated[2].rstrip(".")))
            if not (named and versioned):
                yield Problem(
                    resource=group,
                    reason=f"family: must be that of {engine} {version or ''}".rstrip()
                    + f", which {one.name} runs, got {group.inputs.get('family')}",
                    remedy="change the family together with the engine's version",
                )


@policy(
    "aws-elasticache-encryption",
    title="Caches are encrypted at rest and in transit",
    source=f"{_GUIDE}, Data security",
)
def encryption(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(GROUP):
        off = [
            key for key in ("atRestEncryptionEnabled", "transitEncryptionEnabled") if not is_true(one.inputs.get(key))
        ]
        if off:
            yield Problem(resource=one, reason=f"{', '.join(off)}: is off", remedy="turn encryption on")


@policy(
    "aws-elasticache-failover",
    title="Failover has a replica to fail over to",
    source=f"{_GUIDE}, Minimizing downtime with Multi-AZ",
)
def failover(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(GROUP):
        wanted = is_true(one.inputs.get("automaticFailoverEnabled")) or is_true(one.inputs.get("multiAzEnabled"))
        count = number(one.inputs.get("numCacheClusters"))
        if wanted and count is not None and count < 2:
            yield Problem(
                resource=one,
                reason=f"numCacheClusters: must be at least 2 with failover, got {count:g}",
                remedy="add a replica, or turn failover off",
            )
