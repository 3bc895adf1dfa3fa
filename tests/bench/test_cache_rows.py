"""The rows of the cache: a gap that is too long, never closed, or shown by too few writes is not met."""

import json
from dataclasses import replace

import pytest

from archkit.bench.cache import LEAST_WRITES, Seen, gap_row, seen_of
from archkit.bench.suite import chosen

GOOD = Seen(gap_seconds=2.0, writes=LEAST_WRITES, lost=1, recovered=True)


def said(*moments: float, there: int) -> str:
    return json.dumps({"moments": moments, "there": there})


def test_the_longest_time_between_two_acknowledged_writes_counts() -> None:
    seen = seen_of(said(0.1, 0.2, 2.5, 2.6, 3.0, there=4), seconds=3.5)
    assert seen == Seen(gap_seconds=pytest.approx(2.3), writes=5, lost=1, recovered=True)


@pytest.mark.parametrize(("moments", "gap"), [((0.1, 0.2), 9.8), ((), 10.0)])
def test_writes_that_never_come_back_are_a_gap_to_the_end(moments: tuple[float, ...], gap: float) -> None:
    seen = seen_of(said(*moments, there=len(moments)), seconds=10)
    assert (seen.gap_seconds, seen.recovered) == (pytest.approx(gap), False)


def test_a_row_shows_median_spread_and_what_was_lost() -> None:
    row = gap_row("cache primary killed", [GOOD, replace(GOOD, gap_seconds=2.4, lost=0), GOOD], 3)

    assert (row.measured, row.spread, row.met, row.n) == ("2.0", "2.0 - 2.4", True, 3)
    assert "acknowledged and lost: 1, 0, 1" in row.note


@pytest.mark.parametrize(
    "bad", [{"gap_seconds": 3.1}, {"recovered": False}, {"writes": LEAST_WRITES - 1}], ids=lambda bad: next(iter(bad))
)
def test_one_bad_run_of_three_is_not_met(bad: dict) -> None:
    assert gap_row("cache primary killed", [GOOD, GOOD, replace(GOOD, **bad)], 3).met is False


def test_it_is_a_section_of_its_own() -> None:
    assert [one.name for one in chosen(["cache"])] == ["cache"]
