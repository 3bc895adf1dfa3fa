"""What every backup promises, whichever target runs it."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, fields

import pulumi

from components.backup import schedule as cron
from components.connect import Component
from components.errors import out_of_range, refuse, unless

DAY_SECONDS = 24 * 60 * 60
WEEK_DAYS, MONTH_DAYS = 7, 31
MIN_INTERVAL_SECONDS = 60 * 60  # AWS Backup Developer Guide, "Backup frequency": one hour at least
MAX_DAYS, MAX_WEEKS, MAX_MONTHS = 100, 520, 120


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long copies are kept, in tiers: the younger, the denser.

    Args:
        daily: Days for which every scheduled copy is kept, and for which any point in time can be restored, as far as
            the target's reach goes, 1 to 100.
        weekly: Weeks for which one copy a week is kept, 0 to 520; 0: none.
        monthly: Months for which one copy a month is kept, 0 to 120; 0: none.

    """

    daily: int = 35
    weekly: int = 8
    monthly: int = 12

    def __post_init__(self) -> None:
        refuse(
            [
                out_of_range("backup/retention/daily", self.daily, 1, MAX_DAYS, "keep older ones by the week"),
                out_of_range("backup/retention/weekly", self.weekly, 0, MAX_WEEKS, "keep older ones by the month"),
                out_of_range("backup/retention/monthly", self.monthly, 0, MAX_MONTHS, "ten years are the longest"),
            ]
        )

    @property
    def reach_days(self) -> int:
        """The age of the oldest copy."""
        return max(self.daily, self.weekly * WEEK_DAYS, self.monthly * MONTH_DAYS)


@dataclass(frozen=True, kw_only=True)
class RecoveryPoint:
    """Recovery point objectives, and how far back they hold.

    Args:
        local_seconds: Writes of how long before a failure may be lost where the site survives; 300 by default.
        offsite_seconds: The same where the whole site is lost; None: no more than the schedule gives.
        window_days: Any point in time of so many days can be restored.

    """

    local_seconds: float = 300
    offsite_seconds: float | None = None
    window_days: int = 7

    def __post_init__(self) -> None:
        refuse(
            [
                unless(
                    self.local_seconds > 0,
                    f"backup/recovery_point/local_seconds: must be above 0, got {self.local_seconds:g}; "
                    "a backup is behind what it copies; replicas lose nothing",
                ),
                unless(
                    self.offsite_seconds is None or self.offsite_seconds > 0,
                    f"backup/recovery_point/offsite_seconds: must be above 0, got {self.offsite_seconds}; "
                    "a copy elsewhere is behind what it copies",
                ),
                out_of_range("backup/recovery_point/window_days", self.window_days, 1, MAX_DAYS, "a day at least"),
            ]
        )

    def document(self) -> dict[str, float]:
        """What is set, as plain data for `register_outputs` and reports."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class BackupArgs:
    """Copies of databases: continuous, so that any point in time can be restored, and whole ones on a schedule.

    Args:
        schedule: When a whole copy is taken: crontab's five fields, in UTC, an hour apart or more.
        retention: How long copies are kept.
        offsite: Copies are also kept at another site, which survives the loss of this one.
        recovery_point: What may be lost.

    Raises:
        InvalidArgsError: Every field out of range and every contradiction, one line each.

    """

    schedule: str = "0 2 * * *"
    retention: Retention = field(default_factory=Retention)
    offsite: bool = True
    recovery_point: RecoveryPoint = field(default_factory=RecoveryPoint)

    def __post_init__(self) -> None:
        invalid = cron.problem("backup/schedule", self.schedule)
        refuse([invalid, *self._retention_problems(), *([] if invalid else self._schedule_problems())])

    @property
    def interval_seconds(self) -> float:
        """The longest time between two scheduled copies."""
        return cron.gaps_seconds(self.schedule)[1]

    def _retention_problems(self) -> Iterator[str | None]:
        window, kept = self.recovery_point.window_days, self.retention.daily
        yield unless(
            kept >= window,
            f"backup/retention/daily: must be at least recovery_point/window_days {window}, got {kept}; "
            "what is deleted cannot be restored",
        )
        yield unless(
            self.offsite or self.recovery_point.offsite_seconds is None,
            f"backup/offsite: must be on where recovery_point/offsite_seconds is {self.recovery_point.offsite_seconds}"
            ", got off; nothing is left where the site is lost",
        )

    def _schedule_problems(self) -> Iterator[str | None]:
        shortest, longest = cron.gaps_seconds(self.schedule)
        yield unless(
            shortest >= MIN_INTERVAL_SECONDS,
            f"backup/schedule: must be {MIN_INTERVAL_SECONDS} s apart or more, got {self.schedule!r}, {shortest:g} s; "
            "one copy would still be under way when the next begins",
        )
        yield unless(
            longest <= self.retention.daily * DAY_SECONDS,
            f"backup/retention/daily: must be at least the schedule's longest gap, {longest / DAY_SECONDS:g} days, "
            f"got {self.retention.daily}; the last copy would be gone before the next is there",
        )


class Backup(Component):
    """Copies of databases; `BackupArgs` says what it promises. Made after what it copies."""

    @property
    @abstractmethod
    def vault(self) -> pulumi.Output[str]:
        """Identifies where copies are: what restore is asked for."""

    @property
    @abstractmethod
    def offsite_vault(self) -> pulumi.Output[str] | None:
        """Identifies where the copies of the other site are; None without one."""

    @property
    @abstractmethod
    def recovery_point(self) -> RecoveryPoint:
        """What this target reaches with these args: at most what the args ask for, and never None."""
