"""What may be promised, and what contradicts itself."""

from math import inf, nan

import pytest

from components.errors import InvalidArgsError
from components.objectives import Objectives


def test_all_values_out_of_range_are_told_at_once() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        Objectives(
            availability=99.9,
            error_rate=-0.1,
            latency_p99_milliseconds=0,
            recovery_time_seconds=nan,
            recovery_point_seconds=-1,
        )

    assert refused.value.problems == (
        "objectives/availability: must be 0 to 1, got 99.9; a share of time: 99.9 percent is 0.999",
        "objectives/error_rate: must be 0 to 1, got -0.1; a share of all operations: 1 percent is 0.01",
        "objectives/latency_p99_milliseconds: must be finite and above 0, got 0; it is a length of time",
        "objectives/recovery_time_seconds: must be finite and 0 or more, got nan; it is a length of time",
        "objectives/recovery_point_seconds: must be finite and 0 or more, got -1; it is a length of time",
    )


def test_an_availability_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidArgsError, match="objectives/availability: must be above 0, got 0"):
        Objectives(availability=0)


def test_a_recovery_longer_than_the_months_budget_is_a_contradiction() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        Objectives(availability=0.9999, recovery_time_seconds=600)

    assert refused.value.problems == (
        "objectives/recovery_time_seconds: must be at most 259.2, got 600; an availability of 0.9999 leaves 259.2 s "
        "in 30 days, which one failure of that length would use up",
    )


def test_a_latency_longer_than_an_outage_is_a_contradiction() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        Objectives(latency_p99_milliseconds=9000, recovery_time_seconds=8)

    assert refused.value.problems == (
        "objectives/latency_p99_milliseconds: must be at most 8000, got 9000; a client that may wait longer than "
        "an outage may last (8 s) cannot tell the two apart",
    )


@pytest.mark.parametrize("value", [inf, -inf])
def test_an_infinite_length_of_time_is_refused(value: float) -> None:
    with pytest.raises(InvalidArgsError, match="recovery_time_seconds"):
        Objectives(recovery_time_seconds=value)


def test_the_ends_of_the_ranges_and_exact_budgets_are_allowed() -> None:
    strict = Objectives(availability=1, error_rate=0, recovery_time_seconds=0, recovery_point_seconds=0)
    assert strict.downtime_budget_seconds == 0
    assert Objectives(availability=0.9999, recovery_time_seconds=259.2).recovery_time_seconds == 259.2


def test_what_is_not_promised_is_not_in_the_document() -> None:
    assert Objectives(error_rate=0).document() == {"error_rate": 0}
    assert Objectives().document() == {}
