"""When copies are taken and how long they are kept: tiers, the younger the denser."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.backup.aws import cron
from components.backup.contract import MONTH_DAYS, WEEK_DAYS, BackupArgs
from components.connect import Component

START_MINUTES, COMPLETION_MINUTES = 60, 480  # AWS Backup Developer Guide: 60 is the shortest start window


@dataclass(frozen=True, kw_only=True)
class Tier:
    """One rule of the plan.

    Args:
        name: Of the rule.
        schedule: `cron(...)`.
        days: How long its copies are kept.
        continuous: It also keeps the log, so that any point in time can be restored.

    """

    name: str
    schedule: str
    days: int
    continuous: bool = False


def tiers(args: BackupArgs) -> Iterator[Tier]:
    """The rules. Where two fall on one hour, AWS Backup takes one copy and keeps it as long as the longer says."""
    kept = args.retention
    hour, minute = cron.first_time(args.schedule)
    yield Tier(name="continuous", schedule=cron.expression(args.schedule), days=kept.daily, continuous=True)
    if kept.weekly:
        yield Tier(name="weekly", schedule=f"cron({minute} {hour} ? * SUN *)", days=kept.weekly * WEEK_DAYS)
    if kept.monthly:
        yield Tier(name="monthly", schedule=f"cron({minute} {hour} 1 * ? *)", days=kept.monthly * MONTH_DAYS)


def shortest_days(args: BackupArgs) -> int:
    """How long the shortest-lived copy is kept."""
    return min(tier.days for tier in tiers(args))


def plan(
    backup: Component,
    args: BackupArgs,
    vault: aws.backup.Vault,
    offsite: aws.backup.Vault | None,
    locks: Sequence[pulumi.Resource],
) -> aws.backup.Plan:
    """Makes the plan; its copies to the other region are whole ones, kept as long as what they copy."""
    return aws.backup.Plan(
        backup.part("plan"),
        rules=[
            aws.backup.PlanRuleArgs(
                rule_name=tier.name,
                target_vault_name=vault.name,
                schedule=tier.schedule,
                schedule_expression_timezone="Etc/UTC",
                start_window=START_MINUTES,
                completion_window=COMPLETION_MINUTES,
                enable_continuous_backup=tier.continuous,
                lifecycle=aws.backup.PlanRuleLifecycleArgs(delete_after=tier.days),
                copy_actions=[
                    aws.backup.PlanRuleCopyActionArgs(
                        destination_vault_arn=offsite.arn,
                        lifecycle=aws.backup.PlanRuleCopyActionLifecycleArgs(delete_after=tier.days),
                    )
                ]
                if offsite
                else None,
                recovery_point_tags=tags(backup, tier.name),
            )
            for tier in tiers(args)
        ],
        tags=tags(backup, "plan"),
        # A copy that is taken before the lock is there would not be held by it.
        opts=pulumi.ResourceOptions(parent=backup, depends_on=list(locks)),
    )
