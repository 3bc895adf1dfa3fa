"""Who hears of a copy that failed, and of one that nobody even began."""

from math import ceil

import pulumi
import pulumi_aws as aws

from components.aws.alarm import Threshold, alarm
from components.aws.key import customer_key
from components.aws.tags import tags
from components.backup.contract import DAY_SECONDS, BackupArgs
from components.connect import Component
from components.settings import AwsSettings

NAMESPACE = "AWS/Backup"
LONGEST_DAYS = 7  # CloudWatch API, PutMetricAlarm: periods of an hour or more add up to seven days at most
# By EventBridge's detail type: the field that says how a job ended, as AWS Backup's API calls it, and the failures.
# Source: AWS Backup Developer Guide, "Monitoring AWS Backup events using Amazon EventBridge".
FAILURES = {
    "Backup Job State Change": ("state", ("FAILED", "ABORTED", "EXPIRED", "PARTIAL")),
    "Copy Job State Change": ("state", ("FAILED", "PARTIAL")),
    "Restore Job State Change": ("status", ("FAILED", "ABORTED")),
}
_SENDERS = ("events.amazonaws.com", "cloudwatch.amazonaws.com")


def silent_days(args: BackupArgs) -> int:
    """After how many days without a copy somebody is told: the schedule's longest gap, and one."""
    return ceil(args.interval_seconds / DAY_SECONDS) + 1


def alarms(
    backup: Component,
    args: BackupArgs,
    vault: aws.backup.Vault,
    offsite: aws.backup.Vault | None,
    settings: AwsSettings,
) -> None:
    """Makes the topic where the settings name none, the rules that tell failures, and the alarms that tell silence."""
    topic = settings.alarm_topic_arn or _topic(backup, settings).arn
    for title in FAILURES:
        _tell(backup, title, vault, topic)
    days = silent_days(args)
    if days > LONGEST_DAYS:
        return
    # By vault: another plan's copies in the same account must not speak for this one's. A copy job's vault is where the
    # copy goes. Source: AWS Backup Developer Guide, "AWS Backup metrics with Amazon CloudWatch".
    jobs = {"backups": ("NumberOfBackupJobsCompleted", vault)}
    if offsite:
        jobs["copies"] = ("NumberOfCopyJobsCompleted", offsite)
    for role, (metric, of) in jobs.items():
        missing = Threshold(
            namespace=NAMESPACE,
            metric=metric,
            value=1,
            below=True,
            statistic="Sum",
            period_seconds=DAY_SECONDS,
            periods=days,
            missing="breaching",  # no figure is what a plan that never runs looks like
        )
        alarm(backup, f"no-{role}", missing, {"BackupVaultName": of.name}, settings=settings, topic_arn=topic)


def _topic(backup: Component, settings: AwsSettings) -> aws.sns.Topic:
    use = {
        "Sid": "Senders",
        "Effect": "Allow",
        "Principal": {"Service": list(_SENDERS)},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
    }
    key = customer_key(backup, "alarms-key", settings=settings, allow=[use])
    topic = aws.sns.Topic(
        backup.part("alarms"),
        kms_master_key_id=key.key_id,
        tags=tags(backup, "alarms"),
        opts=pulumi.ResourceOptions(parent=backup),
    )
    account = aws.get_caller_identity(opts=pulumi.InvokeOptions(parent=backup)).account_id
    send = {
        "Effect": "Allow",
        "Principal": {"Service": list(_SENDERS)},
        "Action": "sns:Publish",
        "Resource": topic.arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    aws.sns.TopicPolicy(
        backup.part("alarms-policy"),
        arn=topic.arn,
        policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [send]}),
        opts=pulumi.ResourceOptions(parent=backup),
    )
    return topic


def _tell(backup: Component, title: str, vault: aws.backup.Vault, topic: pulumi.Input[str]) -> None:
    role = f"failed-{title.partition(' ')[0].lower()}"
    field, failures = FAILURES[title]
    # A restore's event names no vault: those are told of the whole account.
    of: dict[str, pulumi.Input[list[pulumi.Output[str]]]] = {}
    if title.startswith("Backup"):
        of = {"backupVaultName": [vault.name]}
    elif title.startswith("Copy"):
        of = {"sourceBackupVaultArn": [vault.arn]}
    rule = aws.cloudwatch.EventRule(
        backup.part(role),
        description=f"{backup.component_name}: {title.lower()}, failed",
        event_pattern=pulumi.Output.json_dumps(
            {"source": ["aws.backup"], "detail-type": [title], "detail": {field: list(failures), **of}}
        ),
        tags=tags(backup, role),
        opts=pulumi.ResourceOptions(parent=backup),
    )
    aws.cloudwatch.EventTarget(
        backup.part(f"{role}-to"), rule=rule.name, arn=topic, opts=pulumi.ResourceOptions(parent=backup)
    )
