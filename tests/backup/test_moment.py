"""Which points in time can be asked for, and what is said of the others."""

from datetime import UTC, datetime, timedelta

import pytest

from archkit.backup.held import Copy
from archkit.backup.moment import parse, reachable, target
from archkit.errors import UserError

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HELD = [
    Copy(place="site", label="a", kind="full", stopped=NOW - timedelta(days=1), bytes=1, stored_bytes=1, needs=[]),
    Copy(place="site", label="b", kind="full", stopped=NOW - timedelta(hours=1), bytes=1, stored_bytes=1, needs=[]),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-25T10:00:00Z", datetime(2026, 11, 25, 10, tzinfo=UTC)),
        ("2026-11-25T10:00:00.123456+01:00", datetime(2026, 11, 25, 9, 0, 0, 123456, tzinfo=UTC)),
        ("latest", None),
    ],
)
def test_a_time_says_its_zone(text: str, expected: datetime | None) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yesterday", "--to: must be a time such as 2026-11-25T14:30:00Z, or `latest`, got 'yesterday'"),
        (
            "2026-11-25T10:00:00",
            "--to: must say its time zone, got '2026-11-25T10:00:00'; write 2026-11-25T10:00:00Z for UTC, or an offset "
            "such as 2026-11-25T10:00:00+01:00: an hour off restores another database",
        ),
    ],
)
def test_what_is_no_time_is_refused(text: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        parse(text)

    assert refused.value.problems == (said,)


def test_before_the_oldest_copy_there_is_nothing() -> None:
    with pytest.raises(UserError) as refused:
        reachable(NOW - timedelta(days=2), HELD, NOW)

    assert refused.value.problems == (
        "--to: must not be before the end of the oldest copy, 2026-11-24T12:00:00Z, got 2026-11-23T12:00:00Z; "
        "nothing older is kept",
    )


def test_the_future_is_refused() -> None:
    with pytest.raises(UserError, match="--to: must not be in the future, got 2026-11-25T12:00:01Z"):
        reachable(NOW + timedelta(seconds=1), HELD, NOW)


def test_without_a_copy_nothing_can_be_restored() -> None:
    with pytest.raises(UserError, match="must have a copy to begin with, got none; `archkit backup now` makes one"):
        reachable(None, [], NOW)


def test_what_lies_between_can_be_reached() -> None:
    reachable(NOW - timedelta(hours=12), HELD, NOW)
    reachable(None, HELD, NOW)


def test_a_point_in_time_is_told_to_the_microsecond_in_utc() -> None:
    assert target(datetime(2026, 11, 25, 10, 0, 0, 42, tzinfo=UTC)) == [
        "--type=time",
        "--target=2026-11-25 10:00:00.000042+00",
        "--target-action=promote",
    ]
    assert target(None) == ["--type=default"]
