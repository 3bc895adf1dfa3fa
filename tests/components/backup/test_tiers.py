"""Which copies are due, and which go: simulated over months, for any schedule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.backup.local.agent.keeper import due
from components.backup.local.agent.plan import Copy, Plan, copies
from components.backup.local.agent.tiers import MONTH_DAYS, expiry, kind_of_next

PLAN = Plan(stanza="orders", schedule="0 2 * * *", daily=7, weekly=4, monthly=6, repositories=[1])
BEGIN = datetime(2026, 1, 1, 2, 5, tzinfo=UTC)


def taken(held: list[Copy], at: datetime) -> list[Copy]:
    """One more copy, as the agent takes it."""
    kind = kind_of_next(held, at)
    label = f"{at:%Y%m%d-%H%M%S}F"
    if kind == "incr":
        base = [one for one in held if one.whole][-1].label
        label = f"{base}_{at:%Y%m%d-%H%M%S}I"
    return [*held, Copy(label=label, kind=kind, stopped=at)]


def after(days: int, plan: Plan = PLAN, step: timedelta = timedelta(days=1)) -> tuple[list[Copy], datetime]:
    """What is held after so many days, as pgBackRest removes it: with a whole copy goes what needs it."""
    held: list[Copy] = []
    at = BEGIN
    while at < BEGIN + timedelta(days=days):
        held = taken(held, at)
        gone = set(expiry(plan, held, at).labels)
        held = [one for one in held if one.label not in gone and one.base not in gone]
        at += step
    return held, at - step


def test_any_point_in_time_of_the_daily_window_can_be_restored() -> None:
    held, now = after(200)

    begins = now - timedelta(days=PLAN.daily)
    whole = [one for one in held if one.whole]
    assert any(one.stopped <= begins for one in whole), "a whole copy from before the window, to begin with"
    anchor = [one for one in whole if one.stopped <= begins][-1]
    since = [one for one in held if one.stopped >= anchor.stopped]
    days = (now - anchor.stopped).days
    assert len(since) == days + 1, "every copy since then is there"


def test_older_copies_are_one_a_week_then_one_a_month_then_none() -> None:
    held, now = after(400)

    old = [one for one in held if one.stopped < now - timedelta(days=PLAN.daily + 7)]
    assert all(one.whole for one in old), "of an old tier only whole copies are left"
    months = [(one.stopped.year, one.stopped.month) for one in old if one.stopped < now - timedelta(weeks=PLAN.weekly)]
    assert len(months) == len(set(months)), "one a month"
    assert 4 <= len(months) <= 6
    assert min(one.stopped for one in held) >= now - timedelta(days=PLAN.monthly * MONTH_DAYS)


def test_the_log_is_kept_for_the_window_and_no_longer() -> None:
    held, now = after(200)

    whole = [one for one in held if one.whole]
    kept = whole[-expiry(PLAN, held, now).whole_with_log :]
    assert kept[0].stopped <= now - timedelta(days=PLAN.daily)
    assert kept[1].stopped > now - timedelta(days=PLAN.daily), "one from before the window is enough"


def test_without_tiers_nothing_old_is_kept() -> None:
    held, now = after(100, replace(PLAN, weekly=0, monthly=0))

    assert min(one.stopped for one in held) >= now - timedelta(days=PLAN.daily + 7)


@settings(deadline=None)
@given(days=st.integers(1, 120), hours=st.integers(6, 24 * 9), daily=st.integers(1, 40), weekly=st.integers(0, 9))
def test_the_newest_whole_copy_and_what_the_newest_copy_needs_always_stay(
    days: int, hours: int, daily: int, weekly: int
) -> None:
    held, _ = after(days, replace(PLAN, daily=daily, weekly=weekly), timedelta(hours=hours))

    assert held, "a database with copies is never left without one"
    assert held[-1].base in {one.label for one in held}


def test_nothing_is_to_go_of_nothing() -> None:
    assert expiry(PLAN, [], BEGIN).labels == []


def test_the_first_copy_of_a_week_is_a_whole_one() -> None:
    monday, tuesday = datetime(2026, 11, 23, 2, tzinfo=UTC), datetime(2026, 11, 24, 2, tzinfo=UTC)
    first = taken([], monday)

    assert first[0].whole
    assert kind_of_next(first, tuesday) == "incr"
    assert kind_of_next(first, monday + timedelta(days=7)) == "full"


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        ("2026-11-24T02:00:09", "2026-11-25T01:59:00", False),
        ("2026-11-24T02:00:09", "2026-11-25T02:00:01", True),
        ("2026-11-20T02:00:09", "2026-11-25T12:00:00", True),  # nobody was there at two: it is made up for
        ("2026-11-25T02:00:09", "2026-11-25T23:00:00", False),
    ],
)
def test_a_copy_is_due_once_after_each_time_of_the_schedule(last: str, now: str, expected: bool) -> None:
    held = [Copy(label="a", kind="full", stopped=datetime.fromisoformat(last).replace(tzinfo=UTC))]

    assert due(PLAN, held, datetime.fromisoformat(now).replace(tzinfo=UTC)) is expected


def test_the_first_copy_is_due_at_once() -> None:
    assert due(PLAN, [], BEGIN)


def test_copies_are_read_by_repository_and_failed_ones_do_not_count() -> None:
    def told(label: str, repository: int, error: bool = False) -> dict[str, object]:
        stop = {"start": 1, "stop": int(BEGIN.timestamp())}
        return {
            "label": label,
            "type": "full",
            "timestamp": stop,
            "database": {"id": 1, "repo-key": repository},
            "error": error,
        }

    info = [{"backup": [told("b", 1), told("a", 1), told("c", 2), told("d", 1, error=True)]}]

    assert [one.label for one in copies(info, 1)] == ["a", "b"]
    assert copies(info, 2)[0].stopped == BEGIN.replace(second=0)
