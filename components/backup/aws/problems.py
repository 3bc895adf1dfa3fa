"""What AWS, and a careful reviewer, would refuse of a backup."""

from collections.abc import Iterator

from components.aws.partition import partition
from components.backup.aws import cron
from components.backup.aws.restore_test import plan_name
from components.backup.contract import DAY_SECONDS, BackupArgs
from components.errors import unless, unsupported
from components.naming import Kind, auto_named, component_name, fixed
from components.settings import AwsSettings

POINT_IN_TIME_DAYS = 35  # AWS Backup Developer Guide, "Continuous backups and point-in-time recovery"
CONTINUOUS_SECONDS = 300  # Aurora User Guide: the latest restorable time is within the last five minutes
COPY_SECONDS = 3 * 60 * 60  # start window of an hour, and a snapshot and its way to another region


def offsite_seconds(args: BackupArgs) -> float:
    """What the loss of a region may cost: a copy elsewhere is a snapshot, so its interval and its duration."""
    return args.interval_seconds + COPY_SECONDS


def problems(name: str, args: BackupArgs, settings: AwsSettings) -> Iterator[str | None]:
    """Everything that is wrong with a backup on AWS, one line each."""
    path = f"backup/{name}"
    yield component_name(path, name)
    yield auto_named(path, f"{name}-offsite", Kind.BACKUP_VAULT)
    yield fixed(path, plan_name(name), Kind.BACKUP_NAME)
    if not cron.translatable(args.schedule):
        reason = "its cron takes days of the month or of the week, not both; put one of them to '*'"
        yield unsupported("aws", "backup", name, "schedule", reason)
    yield unless(
        args.retention.daily <= POINT_IN_TIME_DAYS,
        f"{path}/retention/daily: must be at most {POINT_IN_TIME_DAYS} on aws, got {args.retention.daily}; "
        "points in time reach back no further; keep older copies by the week",
    )
    yield unless(
        args.interval_seconds < args.retention.daily * DAY_SECONDS,
        f"{path}/retention/daily: must be above the schedule's longest gap on aws, "
        f"{args.interval_seconds / DAY_SECONDS:g} days, got {args.retention.daily}; the continuous backup would expire "
        "before it is renewed",
    )
    point = args.recovery_point
    yield unless(
        point.local_seconds >= CONTINUOUS_SECONDS,
        f"{path}/recovery_point/local_seconds: must be at least {CONTINUOUS_SECONDS} on aws, "
        f"got {point.local_seconds:g}; the latest point that can be restored is up to five minutes old",
    )
    yield unless(
        point.offsite_seconds is None or point.offsite_seconds >= offsite_seconds(args),
        f"{path}/recovery_point/offsite_seconds: must be at least {offsite_seconds(args):g} on aws with this schedule, "
        f"got {point.offsite_seconds}; a copy in another region is a snapshot, so its interval and its duration count; "
        "seconds need a global database",
    )
    yield unless(
        not args.offsite or settings.backup.offsite_region != settings.region,
        f"aws/backup/offsite_region: must be another region than aws/region, got {settings.region!r}; "
        "both sites would be lost at once",
    )
    here, there = partition(settings.region).name, partition(settings.backup.offsite_region).name
    yield unless(
        not args.offsite or here == there,
        f"aws/backup/offsite_region: must be of the partition {here!r} as aws/region {settings.region!r}, got "
        f"{settings.backup.offsite_region!r} of {there!r}; no copy and no account reaches over",
    )
