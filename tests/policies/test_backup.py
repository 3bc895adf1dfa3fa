"""Policies of AWS Backup: programs that break and that keep each."""

import pulumi_aws as aws


def _plan(**rule):
    aws.backup.Plan("plan", rules=[{"rule_name": "daily", "target_vault_name": "main", **rule}])


def _locked(days):
    vault = aws.backup.Vault("safe")
    aws.backup.VaultLockConfiguration("lock", backup_vault_name=vault.name, min_retention_days=7, max_retention_days=60)
    rule = {"rule_name": "daily", "target_vault_name": vault.name, "lifecycle": {"delete_after": days}}
    aws.backup.Plan("plan", rules=[rule])


def _restore_plan(name):
    selection = {
        "algorithm": "LATEST_WITHIN_WINDOW",
        "include_vaults": ["*"],
        "recovery_point_types": ["SNAPSHOT"],
    }
    aws.backup.RestoreTestingPlan(
        "test", name=name, schedule_expression="cron(0 5 * * ? *)", recovery_point_selection=selection
    )


CASES = {
    "aws-backup-cold-storage": (
        [
            (lambda: _plan(lifecycle={"cold_storage_after": 30, "delete_after": 100}), "at least 120 days"),
            (
                lambda: _plan(
                    copy_actions=[
                        {"destination_vault_arn": "a", "lifecycle": {"cold_storage_after": 1, "delete_after": 9}}
                    ]
                ),
                "copyActions[0].lifecycle.deleteAfter",
            ),
        ],
        [
            lambda: _plan(lifecycle={"cold_storage_after": 30, "delete_after": 120}),
            lambda: _plan(lifecycle={"delete_after": 7}),
        ],
    ),
    "aws-backup-schedule": (
        [
            (lambda: _plan(schedule="rate(1 day)"), "got 'rate(1 day)'"),
            (lambda: _plan(schedule="cron(0 5 * * *)"), "six fields"),
        ],
        [lambda: _plan(schedule="cron(0 5 * * ? *)")],
    ),
    "aws-backup-point-in-time": (
        [
            (lambda: _plan(enable_continuous_backup=True, lifecycle={"delete_after": 90}), "got 90"),
            (lambda: _plan(enable_continuous_backup=True), "got nothing"),
        ],
        [lambda: _plan(enable_continuous_backup=True, lifecycle={"delete_after": 35})],
    ),
    "aws-backup-lock-retention": ([(lambda: _locked(90), "must be 7 to 60 days")], [lambda: _locked(30)]),
    "aws-backup-compliance-lock": (
        [
            (
                lambda: aws.backup.VaultLockConfiguration("l", backup_vault_name="v", changeable_for_days=3),
                "after 3 days",
            )
        ],
        [lambda: aws.backup.VaultLockConfiguration("l", backup_vault_name="v", min_retention_days=3)],
    ),
    "aws-backup-restore-testing-name": (
        [(lambda: _restore_plan("web-restore"), "got 'web-restore'"), (lambda: _restore_plan("a" * 51), "1 to 50")],
        [lambda: _restore_plan("web_restore")],
    ),
}


def test_a_policy_finds_what_breaks_it(broken):
    broken()


def test_a_policy_lets_pass_what_keeps_it(kept):
    kept()
