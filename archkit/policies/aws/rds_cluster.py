"""Aurora clusters: insights, logs, the end of one, and who scales their readers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from archkit.graph import Graph
from archkit.policies.model import Problem, policy
from archkit.policies.read import is_true, literal, number, texts

CLUSTER = "aws:rds/cluster:Cluster"
ADVANCED_DAYS = 465
MOST_READERS = 15
_GUIDE = "Amazon Aurora User Guide"
# Amazon RDS API, CreateDBCluster: EnableCloudwatchLogsExports.
LOGS: Mapping[str, frozenset[str]] = {
    "aurora-postgresql": frozenset({"iam-db-auth-error", "instance", "postgresql"}),
    "aurora-mysql": frozenset({"audit", "error", "general", "iam-db-auth-error", "instance", "slowquery"}),
}
_SNAPSHOT = re.compile(r"(?!.*--)[A-Za-z][A-Za-z0-9-]{0,253}[A-Za-z0-9]|[A-Za-z]")


@policy(
    "aws-rds-insights",
    title="Performance Insights are kept for a time that there is, and as long as their mode asks for",
    source=f"{_GUIDE}, Database Insights; Amazon RDS API, PerformanceInsightsRetentionPeriod",
)
def insights(graph: Graph) -> Iterator[Problem]:
    for one in (
        *graph.of_type(CLUSTER),
        *graph.of_type("aws:rds/clusterInstance:ClusterInstance"),
        *graph.of_type("aws:rds/instance:Instance"),
    ):
        days = number(one.inputs.get("performanceInsightsRetentionPeriod"))
        if days is not None and not _kept_so_long(days):
            yield Problem(
                resource=one,
                reason="performanceInsightsRetentionPeriod: must be 7, 731 or 31 times 1 to 23, got " + f"{days:g}",
                remedy="7 is free; 465 is what the advanced mode of Database Insights asks for",
            )
        advanced = one.inputs.get("databaseInsightsMode") == "advanced"
        enabled = is_true(one.inputs.get("performanceInsightsEnabled"))
        if advanced and not (enabled and (days or 0) >= ADVANCED_DAYS):
            yield Problem(
                resource=one,
                reason=f"databaseInsightsMode: advanced needs Performance Insights kept {ADVANCED_DAYS} days, got "
                f"{f'{days:g}' if enabled and days else 'none' if not enabled else 'no number'}",
                remedy=f"turn them on with a retention of {ADVANCED_DAYS}, or leave the mode at standard",
            )


def _kept_so_long(days: float) -> bool:
    return days in {7, 731} or (days % 31 == 0 and 1 <= days / 31 <= 23)


@policy("aws-rds-log-exports", title="Exported logs are ones that the engine writes", source=f"{_GUIDE}, Log exports")
def log_exports(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(CLUSTER):
        known = LOGS.get(literal(one.inputs.get("engine")) or "")
        wrong = sorted(set(texts(one.inputs.get("enabledCloudwatchLogsExports"))) - known) if known else []
        if known and wrong:
            yield Problem(
                resource=one,
                reason=f"enabledCloudwatchLogsExports: must be of {', '.join(sorted(known))}, got {', '.join(wrong)}",
                remedy="leave it out",
            )


@policy(
    "aws-rds-final-snapshot",
    title="A cluster that leaves a last snapshot has a name for it",
    source="Amazon RDS API, DeleteDBCluster: FinalDBSnapshotIdentifier",
)
def final_snapshot(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(CLUSTER):
        if is_true(one.inputs.get("skipFinalSnapshot")):
            continue
        given = one.inputs.get("finalSnapshotIdentifier")
        if not given:
            yield Problem(
                resource=one,
                reason="finalSnapshotIdentifier: must be given, without it the cluster cannot be deleted",
                remedy="name one, or set skip_final_snapshot=True",
            )
        elif (name := literal(given)) is not None and not _SNAPSHOT.fullmatch(name):
            yield Problem(
                resource=one,
                reason="finalSnapshotIdentifier: must be letters, digits and single hyphens, begin with a letter and "
                f"not end with a hyphen, got {name!r}",
                remedy="give it another name",
            )


@policy(
    "aws-rds-master-password",
    title="A master password that RDS manages is not given as well",
    source=f"{_GUIDE}, Password management with AWS Secrets Manager",
)
def master_password(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(CLUSTER):
        given = [key for key in ("masterPassword", "masterPasswordWo") if one.inputs.get(key)]
        if is_true(one.inputs.get("manageMasterUserPassword")) and given:
            yield Problem(
                resource=one,
                reason=f"{given[0]}: must be left out with manageMasterUserPassword, got both",
                remedy="leave the password out; RDS makes and rotates it",
            )


@policy(
    "aws-rds-reader-scaling",
    title="Readers are scaled between none and 15, of a cluster",
    source=f"{_GUIDE}, Amazon Aurora Auto Scaling with Aurora Replicas",
)
def reader_scaling(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type("aws:appautoscaling/target:Target"):
        if one.inputs.get("scalableDimension") != "rds:cluster:ReadReplicaCount":
            continue
        id_ = one.inputs.get("resourceId")
        if isinstance(id_, str) and not id_.startswith("cluster:"):
            yield Problem(resource=one, reason=f"resourceId: must begin with cluster:, got {id_!r}", remedy="prefix it")
        low, high = number(one.inputs.get("minCapacity")), number(one.inputs.get("maxCapacity"))
        if high is not None and not (low or 0) <= high <= MOST_READERS:
            yield Problem(
                resource=one,
                reason=f"maxCapacity: must be {low or 0:g} to {MOST_READERS}, got {high:g}",
                remedy="a cluster has at most 15 replicas",
            )
