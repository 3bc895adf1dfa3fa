"""The backup on AWS Backup: what is kept where and for how long, who may, and who hears of what went wrong."""

import json
from dataclasses import replace
from typing import Any

import pytest

from archkit.graph import Graph
from archkit.policies import check
from archkit.recorder import record
from components.backup import BackupArgs, RecoveryPoint, Retention
from components.database import DatabaseArgs
from components.errors import InvalidArgsError
from components.network import NetworkArgs
from components.profile import Profile
from components.settings import AwsSettings
from components.settings.aws_data import BackupSettings
from components.targets.aws import AwsTarget

SETTINGS = AwsSettings()
PROD = replace(SETTINGS, profile=Profile.PROD)
RECORDED: dict[str, Graph] = {}
"""Recording takes a second; a graph is never changed."""
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"


def deployed(args: BackupArgs | None = None, settings: AwsSettings = SETTINGS) -> Graph:
    def program() -> None:
        target = AwsTarget(settings)
        network = target.network("network", NetworkArgs())
        orders = target.database("orders", DatabaseArgs(), network=network)
        target.backup("vault", args or BackupArgs(), network=network, databases=[orders])

    key = repr((args, settings))
    if key not in RECORDED:
        RECORDED[key] = record(program, stack="api-aws")
    return RECORDED[key]


def rules(graph: Graph) -> dict[str, dict[str, Any]]:
    return {one["ruleName"]: one for one in graph.named("vault-plan").inputs["rules"]}


def allowed(graph: Graph) -> dict[str, list[str]]:
    """Resources by action."""
    statements = json.loads(graph.named("vault-permissions").inputs["policy"])["Statement"]
    return {
        action: one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]]
        for one in statements
        for action in one["Action"]
    }


def refused(args: BackupArgs, settings: AwsSettings = SETTINGS) -> tuple[str, ...]:
    with pytest.raises(InvalidArgsError) as caught:
        deployed(args, settings)
    return caught.value.problems


def test_any_point_in_time_of_the_daily_window_and_whole_copies_by_the_week_and_the_month() -> None:
    found = rules(deployed())

    assert {name: one["lifecycle"]["deleteAfter"] for name, one in found.items()} == {
        "continuous": 35,
        "weekly": 56,
        "monthly": 372,
    }
    assert [name for name, one in found.items() if one["enableContinuousBackup"]] == ["continuous"]
    assert {one["schedule"] for one in found.values()} == {
        "cron(0 2 * * ? *)",
        "cron(0 2 ? * SUN *)",
        "cron(0 2 1 * ? *)",
    }
    assert not any("coldStorageAfter" in one["lifecycle"] for one in found.values()), "Aurora has no cold storage"


def test_each_copy_in_the_other_region_lives_as_long_as_what_it_copies_and_has_a_key_of_that_region() -> None:
    graph = deployed()
    vault, key = graph.named("vault-offsite"), graph.named("vault-offsite-key")

    for one in rules(graph).values():
        (copy,) = one["copyActions"]
        assert copy["lifecycle"] == one["lifecycle"]
    assert {vault.inputs["region"], key.inputs["region"]} == {SETTINGS.backup.offsite_region}
    assert key.urn in vault.reads["kmsKeyArn"], "a key opens nothing in another region"


@pytest.mark.parametrize("settings", [SETTINGS, PROD])
@pytest.mark.parametrize("args", [BackupArgs(), BackupArgs(offsite=False), BackupArgs(schedule="0 */6 * * *")])
def test_it_keeps_every_policy(settings: AwsSettings, args: BackupArgs) -> None:
    kept = [str(one) for one in check(deployed(args, settings)) if "backup" in str(one)]

    assert kept == []


def test_in_production_every_retention_lies_within_the_lock_which_can_be_taken_away() -> None:
    graph = deployed(BackupArgs(retention=Retention(daily=7, weekly=8, monthly=12)), PROD)
    days = [one["lifecycle"]["deleteAfter"] for one in rules(graph).values()]

    locks = graph.of_type(LOCK)
    assert {one.name for one in locks} == {"vault-vault-lock", "vault-offsite-lock"}
    for one in locks:
        assert (one.inputs["minRetentionDays"], one.inputs["maxRetentionDays"]) == (min(days), max(days)) == (7, 372)
        assert "changeableForDays" not in one.inputs, "a lock for good is asked for by name"
        assert one.urn in graph.named("vault-plan").options["dependsOn"], "a copy before it would not be held"
    assert not deployed().of_type(LOCK)


def test_a_lock_for_good_is_asked_for_by_name_and_is_a_finding_until_it_is_accepted() -> None:
    graph = deployed(settings=replace(PROD, backup=BackupSettings(compliance_lock_after_days=7)))

    assert [one.inputs["changeableForDays"] for one in graph.of_type(LOCK)] == [7, 7]
    assert {one.policy for one in check(graph)} == {"aws-backup-compliance-lock"}


def test_the_role_may_copy_from_here_into_both_vaults_and_restore_and_remove_nothing_that_runs() -> None:
    found = allowed(deployed())

    assert found["backup:CopyFromBackupVault"] == ["*"]
    assert len(found["backup:CopyIntoBackupVault"]) == 2
    kinds = {one.split(":")[5] for one in found["rds:RestoreDBClusterFromSnapshot"]}
    assert {"cluster", "cluster-snapshot", "subgrp", "cluster-pg", "og"} <= kinds
    assert "rds:DeleteDBCluster" not in found
    assert all(":cluster-snapshot:awsbackup:" in one for one in found["rds:DeleteDBClusterSnapshot"])
    assert len(found["kms:CreateGrant"]) == 3, "the database's key and both vaults'; no other"
    (grant,) = [
        one
        for one in json.loads(deployed().named("vault-permissions").inputs["policy"])["Statement"]
        if "kms:CreateGrant" in one["Action"]
    ]
    assert grant["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_each_week_the_newest_copy_is_restored_beside_its_database_and_behind_its_group() -> None:
    graph = deployed()
    plan, selection = graph.named("vault-restore-test"), graph.named("vault-restore-orders")

    assert plan.inputs["name"] == "api_aws_vault"
    assert plan.inputs["recoveryPointSelection"]["algorithm"] == "LATEST_WITHIN_WINDOW"
    assert set(plan.inputs["recoveryPointSelection"]["recoveryPointTypes"]) == {"CONTINUOUS", "SNAPSHOT"}
    assert selection.inputs["protectedResourceType"] == "Aurora"
    assert set(selection.inputs["restoreMetadataOverrides"]) == {"dbSubnetGroupName", "vpcSecurityGroupIds"}
    assert isinstance(json.loads(selection.inputs["restoreMetadataOverrides"]["vpcSecurityGroupIds"]), list)


@pytest.mark.parametrize(
    ("role", "field", "of"),
    [
        ("backup", "state", "backupVaultName"),
        ("copy", "state", "sourceBackupVaultArn"),
        ("restore", "status", None),  # its event calls it so, and names no vault
    ],
)
def test_a_job_that_fails_is_told_by_the_field_its_event_has(role: str, field: str, of: str | None) -> None:
    pattern = json.loads(deployed().named(f"vault-failed-{role}").inputs["eventPattern"])

    assert pattern["detail-type"] == [f"{role.capitalize()} Job State Change"]
    assert "FAILED" in pattern["detail"][field]
    assert set(pattern["detail"]) - {field} == ({of} if of else set())


def test_silence_is_told_by_the_vault_that_should_have_got_a_copy() -> None:
    graph = deployed()

    for role, vault in (("no-backups", "vault-vault"), ("no-copies", "vault-offsite")):
        one = graph.named(f"vault-{role}")
        assert list(one.inputs["dimensions"]) == ["BackupVaultName"], "another plan must not speak for this one"
        assert graph.named(vault).urn in one.reads["dimensions"]
        assert (one.inputs["treatMissingData"], one.inputs["evaluationPeriods"]) == ("breaching", 2)
    assert not [one for one in deployed(BackupArgs(offsite=False)).resources if one.name == "vault-no-copies"]


def test_what_it_promises_is_what_aws_can_keep() -> None:
    assert deployed().named("vault").outputs["recovery_point"] == {
        "local_seconds": 300,
        "offsite_seconds": 86_400 + 3 * 3_600,  # a day between two snapshots, and the way of one
        "window_days": 35,
    }


@pytest.mark.parametrize(
    ("args", "settings", "said"),
    [
        (
            BackupArgs(retention=Retention(daily=36)),
            SETTINGS,
            "backup/vault/retention/daily: must be at most 35 on aws, got 36; points in time reach back no further; "
            "keep older copies by the week",
        ),
        (
            BackupArgs(schedule="0 2 * * SUN", retention=Retention(daily=7)),
            SETTINGS,
            "backup/vault/retention/daily: must be above the schedule's longest gap on aws, 7 days, got 7; "
            "the continuous backup would expire before it is renewed",
        ),
        (
            BackupArgs(recovery_point=RecoveryPoint(local_seconds=60)),
            SETTINGS,
            "backup/vault/recovery_point/local_seconds: must be at least 300 on aws, got 60; the latest point that can "
            "be restored is up to five minutes old",
        ),
        (
            BackupArgs(recovery_point=RecoveryPoint(offsite_seconds=60)),
            SETTINGS,
            "backup/vault/recovery_point/offsite_seconds: must be at least 97200 on aws with this schedule, got 60; a "
            "copy in another region is a snapshot, so its interval and its duration count; seconds need a global "
            "database",
        ),
        (
            BackupArgs(),
            replace(SETTINGS, backup=BackupSettings(offsite_region=SETTINGS.region)),
            f"aws/backup/offsite_region: must be another region than aws/region, got {SETTINGS.region!r}; both sites "
            "would be lost at once",
        ),
        (
            BackupArgs(),
            replace(SETTINGS, backup=BackupSettings(offsite_region="cn-north-1")),
            f"aws/backup/offsite_region: must be of the partition 'aws' as aws/region {SETTINGS.region!r}, got "
            "'cn-north-1' of 'aws-cn'; no copy and no account reaches over",
        ),
    ],
)
def test_what_aws_would_refuse_is_told_before_anything_is_made(
    args: BackupArgs, settings: AwsSettings, said: str
) -> None:
    assert refused(args, settings) == (said,)


def test_a_schedule_by_day_of_the_month_and_of_the_week_is_none_of_aws() -> None:
    (problem,) = refused(BackupArgs(schedule="0 2 1 * SUN", retention=Retention(daily=35)))

    assert "its cron takes days of the month or of the week, not both" in problem
