"""What a backup may be asked for, and what is said of the rest."""

import pytest

from components.backup import BackupArgs, RecoveryPoint, Retention
from components.errors import InvalidArgsError


def problems(make) -> tuple[str, ...]:
    with pytest.raises(InvalidArgsError) as refused:
        make()
    return refused.value.problems


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("daily", "minute, hour, day of month, month, day of week"),
        ("0 2 * *", "minute, hour, day of month, month, day of week"),
        ("0 0 2 * * *", "minute, hour, day of month, month, day of week"),
        ("61 2 * * *", "got '61 2 * * *'"),
        ("0 2 * * MUN", "got '0 2 * * MUN'"),
        ("0 2 30 2 *", "got '0 2 30 2 *'"),
        ("0 2 L * *", "it knows neither L nor #"),
        ("rate(1 day)", "must be crontab's five fields"),
    ],
)
def test_a_schedule_that_is_no_cron_expression_is_refused(schedule: str, said: str) -> None:
    (problem,) = problems(lambda: BackupArgs(schedule=schedule))

    assert problem.startswith("backup/schedule: must be ")
    assert said in problem


def test_copies_more_often_than_each_hour_are_refused() -> None:
    assert problems(lambda: BackupArgs(schedule="*/30 * * * *")) == (
        "backup/schedule: must be 3600 s apart or more, got '*/30 * * * *', 1800 s; "
        "one copy would still be under way when the next begins",
    )


def test_retention_shorter_than_the_objective_is_refused() -> None:
    assert problems(lambda: BackupArgs(retention=Retention(daily=3))) == (
        "backup/retention/daily: must be at least recovery_point/window_days 7, got 3; "
        "what is deleted cannot be restored",
    )


def test_retention_shorter_than_the_schedules_gap_is_refused() -> None:
    made = Retention(daily=7), RecoveryPoint(window_days=7)

    assert problems(lambda: BackupArgs(schedule="0 2 1 * *", retention=made[0], recovery_point=made[1])) == (
        "backup/retention/daily: must be at least the schedule's longest gap, 31 days, got 7; "
        "the last copy would be gone before the next is there",
    )


def test_an_offsite_objective_without_offsite_copies_is_refused() -> None:
    (problem,) = problems(lambda: BackupArgs(offsite=False, recovery_point=RecoveryPoint(offsite_seconds=600)))

    assert problem.startswith("backup/offsite: must be on where recovery_point/offsite_seconds is 600, got off")


def test_every_retention_out_of_range_is_told_at_once() -> None:
    said = problems(lambda: Retention(daily=0, weekly=521, monthly=-1))

    assert [one.partition(":")[0] for one in said] == [
        "backup/retention/daily",
        "backup/retention/weekly",
        "backup/retention/monthly",
    ]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"local_seconds": 0}, "local_seconds: must be above 0, got 0"),
        ({"offsite_seconds": -1}, "offsite_seconds: must be above 0, got -1"),
        ({"window_days": 0}, "window_days: must be 1 to 100, got 0"),
    ],
)
def test_an_objective_that_nobody_can_keep_is_refused(values: dict[str, float], path: str) -> None:
    (problem,) = problems(lambda: RecoveryPoint(**values))

    assert problem.startswith(f"backup/recovery_point/{path}")


def test_contradictions_are_all_told_at_once() -> None:
    said = problems(
        lambda: BackupArgs(
            schedule="daily",
            retention=Retention(daily=2),
            offsite=False,
            recovery_point=RecoveryPoint(offsite_seconds=60),
        )
    )

    assert len(said) == 3
