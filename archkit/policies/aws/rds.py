"""Amazon RDS and Aurora."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archkit.graph import Graph, Resource
from archkit.policies.model import Problem, policy
from archkit.policies.read import is_true, literal, number, sources

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/instance:Instance"
# The DB parameter group families of RDS end in the major version of the engine: postgres17, aurora-mysql8.0.
_GROUPS = {
    ("dbClusterParameterGroupName", "aws:rds/clusterParameterGroup:ClusterParameterGroup"),
    ("parameterGroupName", "aws:rds/parameterGroup:ParameterGroup"),
    ("dbParameterGroupName", "aws:rds/parameterGroup:ParameterGroup"),
}
STORAGE_TYPES = {"standard", "gp2", "gp3", "io1", "io2", "aurora", "aurora-iopt1"}
LONGEST_DAYS = 35
_GUIDE = "Amazon RDS User Guide"


def _databases(graph: Graph) -> tuple[Resource, ...]:
    return (*graph.of_type(CLUSTER), *graph.of_type(INSTANCE))


@policy("aws-rds-storage-type", title="Storage types exist", source=f"{_GUIDE}, Amazon RDS DB instance storage")
def storage_type(graph: Graph) -> Iterator[Problem]:
    for one in _databases(graph):
        stated = literal(one.inputs.get("storageType"))
        if stated and stated not in STORAGE_TYPES:
            yield Problem(
                resource=one,
                reason=f"storageType: must be one of {', '.join(sorted(STORAGE_TYPES))}, got {stated!r}",
                remedy="gp3 for an instance; leave it out for Aurora",
            )


@policy(
    "aws-rds-backup-retention",
    title="Automated backups reach back 1 to 35 days, and are on where there is a replica",
    source=f"{_GUIDE}, Backup retention period; Working with read replicas",
)
def backup_retention(graph: Graph) -> Iterator[Problem]:
    replicated = {
        source.urn: one.name
        for one in graph.of_type(INSTANCE)
        for source in sources(graph, one, "replicateSourceDb", INSTANCE)
    } | {
        source.urn: one.name
        for one in graph.of_type(INSTANCE)
        for source in graph.of_type(INSTANCE)
        if literal(one.inputs.get("replicateSourceDb")) is not None
        and one.inputs.get("replicateSourceDb") == source.inputs.get("identifier")
    }
    for one in _databases(graph):
        days = number(one.inputs.get("backupRetentionPeriod"))
        if one.urn in replicated and not days:
            yield Problem(
                resource=one,
                reason=f"backupRetentionPeriod: must be at least 1 day, {replicated[one.urn]} replicates it, "
                f"got {'nothing, which is 0' if days is None else 0}",
                remedy="keep backups for some days",
            )
        if days is not None and days > LONGEST_DAYS:
            yield Problem(
                resource=one,
                reason=f"backupRetentionPeriod: must be at most {LONGEST_DAYS} days, got {days:g}",
                remedy="keep snapshots longer by an AWS Backup plan",
            )


@policy("aws-rds-encryption", title="Databases are encrypted", source=f"{_GUIDE}, Encrypting Amazon RDS resources")
def encryption(graph: Graph) -> Iterator[Problem]:
    for one in _databases(graph):
        derived = any(one.inputs.get(key) for key in ("replicateSourceDb", "snapshotIdentifier"))
        if not is_true(one.inputs.get("storageEncrypted")) and not derived:
            yield Problem(
                resource=one,
                reason="storageEncrypted: is off; it cannot be turned on later",
                remedy="set storage_encrypted=True",
            )


@policy(
    "aws-rds-public", title="Databases have no public address", source=f"{_GUIDE}, Working with a DB instance in a VPC"
)
def public(graph: Graph) -> Iterator[Problem]:
    for one in (*graph.of_type(INSTANCE), *graph.of_type("aws:rds/clusterInstance:ClusterInstance")):
        if is_true(one.inputs.get("publiclyAccessible")):
            yield Problem(resource=one, reason="publiclyAccessible: is on", remedy="leave it out")


@policy(
    "aws-rds-parameter-group-family",
    title="Parameter groups are of their database's family",
    source=f"{_GUIDE}, Parameter groups",
)
def family(graph: Graph) -> Iterator[Problem]:
    for one in _databases(graph):
        engine, version = literal(one.inputs.get("engine")), literal(one.inputs.get("engineVersion"))
        if engine is None or version is None:
            continue
        for key, type_ in sorted(_GROUPS):
            for group in sources(graph, one, key, type_):
                stated = literal(group.inputs.get("family"))
                if stated is not None and not _is_family(stated, engine, version):
                    yield Problem(
                        resource=group,
                        reason=f"family: must be that of {engine} {version}, which {one.name} runs, got {stated}",
                        remedy="change the family together with the engine's version",
                    )


def _is_family(stated: str, engine: str, version: str) -> bool:
    found = re.fullmatch(r"([a-z-]+?)-?(\d[\d.]*)", stated)
    if found is None:
        return False
    return found[1] == engine.rstrip("-") and (version == found[2] or version.startswith(f"{found[2]}."))
