"""When operations should begin."""

from itertools import islice, pairwise
from math import ceil, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archkit.drills.load import Schedule, Segment
from components.errors import InvalidArgsError


def test_a_constant_rate_is_evenly_spaced_and_has_no_end() -> None:
    assert list(islice(Schedule.constant(4).times(), 5)) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert Schedule.constant(4).seconds == inf


def test_steps_follow_each_other_without_a_hole() -> None:
    assert list(Schedule.steps((2, 4), 1).times()) == [0.0, 0.5, 1.0, 1.25, 1.5, 1.75]


def test_a_ramp_sends_as_many_as_the_area_below_it() -> None:
    times = list(Schedule.ramp(0, 100, 2).times())

    assert len(times) == 100
    assert sum(time < 1 for time in times) == 25, "a quarter of the area lies in the first half of the time"


def test_a_pause_between_two_rates_sends_nothing() -> None:
    paused = Schedule((Segment(rate=10, seconds=1), Segment(rate=0, seconds=1), Segment(rate=10, seconds=1)))

    assert not [time for time in paused.times() if 1 <= time < 2]
    assert len(list(paused.times())) == 20


segments = st.builds(
    lambda rate, to_rate, seconds: Segment(rate=rate, to_rate=to_rate, seconds=seconds),
    st.floats(0, 500),
    st.none() | st.floats(0, 500),
    st.floats(0.01, 3),
)


@given(st.lists(segments, min_size=1, max_size=4))
def test_operation_n_begins_when_n_operations_are_due(parts: list[Segment]) -> None:
    schedule = Schedule(tuple(parts))
    times = list(schedule.times())

    assert all(first <= second + 1e-9 for first, second in pairwise(times))
    assert all(schedule.due(time) == pytest.approx(number, abs=1e-4) for number, time in enumerate(times))
    assert len(times) == pytest.approx(ceil(schedule.due(schedule.seconds) - 1e-6), abs=1)


def test_what_cannot_be_sent_is_refused_with_all_reasons() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        Segment(rate=-1, to_rate=50_000, seconds=0)

    reason = "one process cannot send more, and would measure itself"
    assert refused.value.problems == (
        f"load/rate: must be 0 to 20000 per second, got -1; {reason}",
        f"load/to_rate: must be 0 to 20000 per second, got 50000; {reason}",
        "load/seconds: must be above 0, got 0; nothing would be sent",
    )


@pytest.mark.parametrize(
    ("rate", "to_rate", "message"),
    [
        (1, 2, "load/seconds: must be finite for a ramp, got inf; a ramp without an end has no rate"),
        (0, None, "load/rate: must be above 0, got 0; nothing would ever be sent"),
    ],
)
def test_a_segment_without_an_end_needs_one_rate(rate: float, to_rate: float | None, message: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        Segment(rate=rate, to_rate=to_rate)

    assert refused.value.problems == (message,)
