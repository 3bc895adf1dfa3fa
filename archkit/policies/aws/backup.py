"""AWS Backup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archkit.graph import Graph, Resource
from archkit.policies.model import Problem, policy
from archkit.policies.read import is_true, literal, number, obj, objects, sources

PLAN = "aws:backup/plan:Plan"
VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
COLD_STORAGE_DAYS = 90
POINT_IN_TIME_DAYS = 35
_GUIDE = "AWS Backup Developer Guide"


def _lifecycles(plan: Resource) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each lifecycle of a plan with its place: of its rules, and of their copies."""
    for index, rule in enumerate(objects(plan.inputs.get("rules"))):
        yield f"rules[{index}]", rule
        for number_, copy in enumerate(objects(rule.get("copyActions"))):
            yield f"rules[{index}].copyActions[{number_}]", copy


@policy(
    "aws-backup-cold-storage",
    title="What is moved to cold storage stays there for 90 days",
    source=f"{_GUIDE}, Lifecycle",
)
def cold_storage(graph: Graph) -> Iterator[Problem]:
    for plan in graph.of_type(PLAN):
        for place, one in _lifecycles(plan):
            lifecycle = obj(one.get("lifecycle"))
            cold, delete = number(lifecycle.get("coldStorageAfter")), number(lifecycle.get("deleteAfter"))
            if cold and delete is not None and delete < cold + COLD_STORAGE_DAYS:
                yield Problem(
                    resource=plan,
                    reason=f"{place}.lifecycle.deleteAfter: must be at least {cold + COLD_STORAGE_DAYS:g} days "
                    f"(coldStorageAfter {cold:g} + {COLD_STORAGE_DAYS}), got {delete:g}",
                    remedy="keep it longer, or leave cold storage out",
                )


@policy("aws-backup-schedule", title="Schedules are written as cron(...)", source=f"{_GUIDE}, Backup plan options")
def schedule(graph: Graph) -> Iterator[Problem]:
    for plan in graph.of_type(PLAN):
        for index, rule in enumerate(objects(plan.inputs.get("rules"))):
            stated = literal(rule.get("schedule"))
            if stated is not None and not re.fullmatch(r"cron\(\S+( \S+){5}\)", stated):
                yield Problem(
                    resource=plan,
                    reason=f"rules[{index}].schedule: must be cron(...) with six fields, got {stated!r}",
                    remedy="for example cron(0 5 * * ? *), each day at five",
                )


@policy(
    "aws-backup-point-in-time",
    title="Continuous backups are kept for 1 to 35 days",
    source=f"{_GUIDE}, Continuous backups and point-in-time recovery",
)
def point_in_time(graph: Graph) -> Iterator[Problem]:
    for plan in graph.of_type(PLAN):
        for index, rule in enumerate(objects(plan.inputs.get("rules"))):
            days = number(obj(rule.get("lifecycle")).get("deleteAfter"))
            kept = days is not None and 1 <= days <= POINT_IN_TIME_DAYS
            if is_true(rule.get("enableContinuousBackup")) and not kept:
                yield Problem(
                    resource=plan,
                    reason=f"rules[{index}].lifecycle.deleteAfter: must be 1 to {POINT_IN_TIME_DAYS} days with "
                    f"continuous backup, got {'nothing' if days is None else f'{days:g}'}",
                    remedy="keep snapshots longer by a second rule",
                )


@policy(
    "aws-backup-lock-retention",
    title="Retention lies within the lock of the vault",
    source=f"{_GUIDE}, AWS Backup Vault Lock",
)
def lock_retention(graph: Graph) -> Iterator[Problem]:
    locks = _locks(graph)
    for plan in graph.of_type(PLAN):
        for place, one in _lifecycles(plan):
            key = "targetVaultName" if "copyActions" not in place else "destinationVaultArn"
            names = {vault.urn for vault in sources(graph, plan, f"{place}.{key}", VAULT)} | {literal(one.get(key))}
            days = number(obj(one.get("lifecycle")).get("deleteAfter"))
            for lock in (locks[name] for name in names if name in locks):
                low = number(lock.inputs.get("minRetentionDays")) or 0
                high = number(lock.inputs.get("maxRetentionDays")) or float("inf")
                if days is None or not low <= days <= high:
                    yield Problem(
                        resource=plan,
                        reason=f"{place}.lifecycle.deleteAfter: must be {low:g} to {high:g} days, the vault's lock "
                        f"{lock.name} says so, got {'nothing' if days is None else f'{days:g}'}",
                        remedy="change the retention, or the lock while it can be",
                    )


def _locks(graph: Graph) -> dict[str | None, Resource]:
    found: dict[str | None, Resource] = {}
    for lock in graph.of_type(LOCK):
        found |= {vault.urn: lock for vault in sources(graph, lock, "backupVaultName", VAULT)}
        if name := literal(lock.inputs.get("backupVaultName")):
            found[name] = lock
    return found


@policy(
    "aws-backup-compliance-lock",
    title="No vault is locked for good by accident",
    source=f"{_GUIDE}, AWS Backup Vault Lock, compliance mode",
)
def compliance_lock(graph: Graph) -> Iterator[Problem]:
    for lock in graph.of_type(LOCK):
        days = lock.inputs.get("changeableForDays")
        if days is not None:
            yield Problem(
                resource=lock,
                reason=f"changeableForDays: after {days} days nobody can remove this lock or the backups, not even AWS",
                remedy="leave it out (governance mode), or accept it: --accept aws-backup-compliance-lock",
            )


@policy(
    "aws-backup-restore-testing-name",
    title="Restore testing plans have names that AWS takes",
    source=f"{_GUIDE}, Restore testing",
)
def restore_testing_name(graph: Graph) -> Iterator[Problem]:
    for plan in graph.of_type("aws:backup/restoreTestingPlan:RestoreTestingPlan"):
        name = literal(plan.inputs.get("name"))
        if name is not None and not re.fullmatch(r"[A-Za-z0-9_]{1,50}", name):
            yield Problem(
                resource=plan,
                reason=f"name: must be 1 to 50 letters, digits and underscores, got {name!r}",
                remedy="write underscores for hyphens",
            )
