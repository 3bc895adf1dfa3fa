"""Weekly windows of maintenance and daily ones of backups, of Amazon RDS and Amazon ElastiCache."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from archkit.graph import Graph, Resource
from archkit.policies.model import Problem, policy
from archkit.policies.read import literal

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
_WEEKLY = re.compile(rf"({'|'.join(DAYS)}):{_CLOCK}-({'|'.join(DAYS)}):{_CLOCK}")
_DAILY = re.compile(rf"{_CLOCK}-{_CLOCK}")


class Kind(NamedTuple):
    """How a type of resource calls its windows, and how long at least the weekly one lasts, in minutes."""

    maintenance: str
    backup: str
    least: int


# Amazon RDS API, CreateDBCluster and CreateDBInstance; Amazon ElastiCache API, CreateReplicationGroup: the windows.
KINDS: Mapping[str, Kind] = {
    "aws:rds/cluster:Cluster": Kind("preferredMaintenanceWindow", "preferredBackupWindow", 30),
    "aws:rds/clusterInstance:ClusterInstance": Kind("preferredMaintenanceWindow", "preferredBackupWindow", 30),
    "aws:rds/instance:Instance": Kind("maintenanceWindow", "backupWindow", 30),
    "aws:elasticache/replicationGroup:ReplicationGroup": Kind("maintenanceWindow", "snapshotWindow", 60),
    "aws:elasticache/cluster:Cluster": Kind("maintenanceWindow", "snapshotWindow", 60),
}


@policy(
    "aws-data-windows",
    title="Maintenance has a window that is long enough and free of backups",
    source="Amazon RDS User Guide, Backup window; Amazon ElastiCache User Guide, Managing maintenance",
)
def windows(graph: Graph) -> Iterator[Problem]:
    for type_, kind in KINDS.items():
        for one in graph.of_type(type_):
            stated = literal(one.inputs.get(kind.maintenance))
            if stated is not None:
                yield from _problems(one, kind, stated)


def _problems(one: Resource, kind: Kind, stated: str) -> Iterator[Problem]:
    weekly = _weekly(stated.lower())
    if weekly is None or not kind.least <= weekly[1] < DAY_MINUTES:
        yield Problem(
            resource=one,
            reason=f"{kind.maintenance}: must be ddd:hh:mm-ddd:hh:mm of at least {kind.least} minutes and less than a "
            f"day, got {stated!r}",
            remedy="such as sun:03:00-sun:04:00, in UTC",
        )
        return
    backup = literal(one.inputs.get(kind.backup))
    daily = _daily(backup) if backup else None
    if daily and _overlap(weekly, daily):
        yield Problem(
            resource=one,
            reason=f"{kind.backup}: must not overlap {kind.maintenance} {stated}, got {backup}",
            remedy="move one of them",
        )


def _weekly(text: str) -> tuple[int, int] | None:
    """Minutes since Monday, 00:00, and how many it lasts."""
    found = _WEEKLY.fullmatch(text)
    if found is None:
        return None
    day, hour, minute, to_day, to_hour, to_minute = found.groups()
    began = DAYS.index(day) * DAY_MINUTES + int(hour) * 60 + int(minute)
    ended = DAYS.index(to_day) * DAY_MINUTES + int(to_hour) * 60 + int(to_minute)
    return began, (ended - began) % WEEK_MINUTES


def _daily(text: str) -> tuple[int, int] | None:
    """Minutes since midnight, and how many it lasts."""
    found = _DAILY.fullmatch(text)
    if found is None:
        return None
    hour, minute, to_hour, to_minute = map(int, found.groups())
    began = hour * 60 + minute
    return began, (to_hour * 60 + to_minute - began) % DAY_MINUTES


def _overlap(weekly: tuple[int, int], daily: tuple[int, int]) -> bool:
    """Whether a window of one day of the week meets one of every day."""
    began, lasts = weekly
    other, other_lasts = daily
    return (other - began) % DAY_MINUTES < lasts or (began - other) % DAY_MINUTES < other_lasts
