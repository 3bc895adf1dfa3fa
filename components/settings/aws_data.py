"""What only AWS can be told of what keeps data: databases, caches, backups."""

import re
from dataclasses import dataclass

from components.errors import out_of_range, refuse, unless

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOMENT = rf"({'|'.join(_DAYS)}):([01]\d|2[0-3]):([0-5]\d)"
_WINDOW = re.compile(f"{_MOMENT}-{_MOMENT}")
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
MIN_DATABASE_WINDOW = 30  # minutes; Amazon RDS API, CreateDBCluster: PreferredMaintenanceWindow
MIN_CACHE_WINDOW = 60  # minutes; Amazon ElastiCache API, CreateReplicationGroup: PreferredMaintenanceWindow
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
MAX_READERS = 15  # Aurora User Guide, "Replication with Amazon Aurora PostgreSQL"
MAX_SHARDS = 500  # ElastiCache User Guide, "Quotas": nodes of a cluster
MIN_GRACE_DAYS, MAX_GRACE_DAYS = 3, 36_500  # AWS Backup API, PutBackupVaultLockConfiguration: ChangeableForDays


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """Settings of databases on aws.

    Args:
        maintenance_window: When AWS may patch and restart, in UTC: `sun:03:00-sun:04:00`.
        advanced_insights: Database Insights with 15 months of history, paid by the vCPU; False: 7 days, free.
        maximum_readers: Up to so many replicas are added by their CPU, 1 to 15; None: as many as the design says.

    """

    maintenance_window: str = "sun:03:00-sun:04:00"
    advanced_insights: bool = False
    maximum_readers: int | None = None

    def __post_init__(self) -> None:
        refuse(
            [
                _window_problem("aws/database/maintenance_window", self.maintenance_window, MIN_DATABASE_WINDOW),
                None
                if self.maximum_readers is None
                else out_of_range(
                    "aws/database/maximum_readers", self.maximum_readers, 1, MAX_READERS, "a cluster has no more"
                ),
            ]
        )


@dataclass(frozen=True, kw_only=True)
class CacheSettings:
    """Settings of caches on aws.

    Args:
        shards: Valkey: primaries that keys are spread over, 1 to 500. More than one needs a cluster client, which no
            other target asks for.
        maintenance_window: When AWS may patch and fail over, in UTC.

    """

    shards: int = 1
    maintenance_window: str = "sun:04:00-sun:05:00"

    def __post_init__(self) -> None:
        refuse(
            [
                out_of_range("aws/cache/shards", self.shards, 1, MAX_SHARDS, "a cluster has no more"),
                _window_problem("aws/cache/maintenance_window", self.maintenance_window, MIN_CACHE_WINDOW),
            ]
        )


@dataclass(frozen=True, kw_only=True)
class BackupSettings:
    """Settings of backups on aws.

    Args:
        offsite_region: The region of the other site.
        compliance_lock_after_days: Locks the vaults for good, so many days from the deployment on, 3 to 36500: from
            then on nobody, not even AWS, can shorten retention or delete a copy. None: a lock that an administrator
            can take away, in `prod`.

    """

    offsite_region: str = "eu-west-1"
    compliance_lock_after_days: int | None = None

    def __post_init__(self) -> None:
        refuse(
            [
                unless(
                    _REGION.fullmatch(self.offsite_region),
                    f"aws/backup/offsite_region: must be a region's code, got {self.offsite_region!r}; "
                    "such as 'eu-west-1'",
                ),
                None
                if self.compliance_lock_after_days is None
                else out_of_range(
                    "aws/backup/compliance_lock_after_days",
                    self.compliance_lock_after_days,
                    MIN_GRACE_DAYS,
                    MAX_GRACE_DAYS,
                    "AWS Backup gives at least three days to think it over",
                ),
            ]
        )


def _window_problem(path: str, window: str, minutes: int) -> str | None:
    """What is wrong with a weekly window of maintenance, in UTC; None where nothing is."""
    found = _WINDOW.fullmatch(window)
    if found is None:
        return f"{path}: must be day:hh:mm-day:hh:mm, got {window!r}; such as 'sun:03:00-sun:04:00', in UTC"
    day, hour, minute, to_day, to_hour, to_minute = found.groups()
    began, ended = _minutes(day, hour, minute), _minutes(to_day, to_hour, to_minute)
    lasts = (ended - began) % _WEEK_MINUTES
    return unless(
        minutes <= lasts < _DAY_MINUTES,
        f"{path}: must last at least {minutes} minutes and less than a day, got {window!r}, which is {lasts} minutes; "
        "AWS patches within it and takes no other",
    )


def _minutes(day: str, hour: str, minute: str) -> int:
    """Since Monday, 00:00."""
    return _DAYS.index(day) * _DAY_MINUTES + int(hour) * 60 + int(minute)
