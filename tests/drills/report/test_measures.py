"""The arithmetic of gaps, recovery, downtime and loss, each on operations that can be counted by hand."""

from typing import Any

import pytest

from archkit.drills.load import Finding, Kind, Outcome, Record, Samples, Write, check
from archkit.drills.report import measure
from archkit.drills.report.measures import downtime_of, gap_of, recovery_of, recovery_point_of


def without(operations: list[Any], first: float, last: float, kind: Kind = Kind.REFUSED) -> list[Any]:
    """Operations due from `first` to below `last` fail at once."""
    return [(at, 0.01, kind) if first <= at < last else (at, wait, was) for at, wait, was in operations]


def test_the_longest_gap_is_between_two_good_answers() -> None:
    gap = gap_of([0.1, 0.2, 1.7, 1.8, 2.0], ended=2.0)

    assert (gap.seconds, gap.began, gap.open) == (1.5, 0.2, False)


def test_a_gap_at_the_end_is_open_as_it_lasted_at_least_so_long() -> None:
    gap = gap_of([0.1, 0.2], ended=5.0)

    assert (gap.seconds, gap.began, gap.open) == (4.8, 0.2, True)


def test_a_system_that_never_answered_has_a_gap_as_long_as_the_load() -> None:
    assert gap_of([], ended=5.0).seconds == 5.0


def test_an_answer_after_the_end_does_not_shorten_the_gap() -> None:
    assert gap_of([1.0, 9.0], ended=5.0).seconds == 4.0


def test_an_outage_is_seen_in_gap_failures_error_rate_and_recovery(load: Any, steady: Any) -> None:
    outage = without(steady(20), 10.0, 12.0)

    measures = measure(load(outage, seconds=20), fault_at=9.95)

    assert (measures.sent, measures.failed, measures.failed_before_fault) == (200, 20, 0)
    assert measures.gap.seconds == pytest.approx(2.1)
    assert measures.error_rate == pytest.approx(0.2), "20 of the 100 that were due from the fault on"
    assert measures.recovery_seconds == pytest.approx(11.91 - 9.95)
    assert measures.recovered
    assert measures.downtime_seconds == pytest.approx(2.0)
    assert measures.availability == pytest.approx(1 - 2 / (30 * 24 * 3600))
    assert measures.problem == ""


def test_failures_before_the_fault_are_told_apart(load: Any, steady: Any) -> None:
    measures = measure(load(without(steady(20), 3.0, 4.0), seconds=20), fault_at=10.0)

    assert (measures.failed, measures.failed_before_fault, measures.error_rate) == (10, 10, 0)
    assert measures.recovery_seconds == 0, "what failed before the fault is not the fault's"


def test_recovery_counts_from_the_mark_before_it(load: Any, steady: Any) -> None:
    twice = without(without(steady(30), 10.0, 11.0), 20.0, 20.5)

    recovery, recovered = recovery_of(load(twice, seconds=30).samples, [10.0, 20.0], ended=30)

    assert recovery == pytest.approx(0.91), "the half second after the healing counts from the healing"
    assert recovered


def test_a_slow_answer_is_noticed_too(load: Any, steady: Any) -> None:
    stalled = [(at, 12.0 - at if 10 <= at < 12 else wait, kind) for at, wait, kind in steady(20)]

    measures = measure(load(stalled, seconds=20), fault_at=10.0)

    assert (measures.failed, measures.recovery_seconds) == (0, 2.0)
    assert measures.downtime_seconds == pytest.approx(1.0), "those that waited over a second were due in the first one"


def test_who_still_fails_in_the_last_second_has_not_recovered(load: Any, steady: Any) -> None:
    assert not measure(load(without(steady(20), 10, 20), seconds=20), fault_at=10.0).recovered
    assert measure(load(without(steady(20), 10, 18.9), seconds=20), fault_at=10.0).recovered


def test_a_run_without_a_fault_is_measured_as_a_whole(load: Any, steady: Any) -> None:
    measures = measure(load(without(steady(10), 2, 3), seconds=10), fault_at=None)

    assert (measures.failed_before_fault, measures.error_rate) == (0, 0.1)
    assert measures.recovery_seconds == 0


def test_downtime_weighs_each_second_with_its_share_of_failures() -> None:
    samples = Samples()
    for number in range(20):
        failed = number < 5 or number == 10
        samples.add(number / 10, 0.01, Outcome(Kind.TIMEOUT if failed else Kind.OK))

    assert downtime_of(samples) == pytest.approx(0.5 + 0.1)


def wrote(identity: str, at: float) -> Record:
    return Record(Write(identity), at - 0.01, at, True)


@pytest.mark.parametrize(
    ("kept", "fault", "seconds"),
    [
        (["a", "b", "c"], 3.0, 0.0),
        (["a"], 3.0, 2.0),
        (["a", "c"], 3.0, 2.0),
        (["a"], 2.0, 3.0),
        (["a"], None, 3.0),
    ],
)
def test_the_recovery_point_reaches_back_to_the_oldest_lost_write(
    kept: list[str], fault: float | None, seconds: float
) -> None:
    records = [wrote("a", 0.5), wrote("b", 1.0), wrote("c", 2.5)] if fault == 3.0 else []
    records = records or [wrote("a", 0.5), wrote("b", 1.0), wrote("c", 4.0)]

    assert recovery_point_of(check(records, dict.fromkeys(kept, 1)), fault) == seconds


def test_lost_and_doubled_writes_of_an_injected_lie_are_in_the_figures(load: Any, steady: Any) -> None:
    records = [wrote(f"w{number}", number / 10) for number in range(100)]
    found = {f"w{number}": 1 for number in range(100) if number != 40} | {"w7": 2}

    measures = measure(load(steady(10), seconds=10, records=records, found=found), fault_at=5.0)

    assert (measures.lost, measures.duplicates, measures.unknown) == (1, 1, 0)
    assert measures.recovery_point_seconds == 1.0
    assert measures.consistency is not None
    assert measures.consistency.lost == Finding(count=1, examples=("w40",))
    assert measures.write_gap is not None
    assert measures.write_gap.seconds == pytest.approx(0.1)


def test_without_writes_nothing_is_said_about_loss(load: Any, steady: Any) -> None:
    measures = measure(load(steady(5), seconds=5), fault_at=None)

    assert (measures.lost, measures.duplicates, measures.write_gap, measures.recovery_point_seconds) == (None,) * 4


def test_latencies_of_a_generator_that_lagged_are_not_the_systems(load: Any, steady: Any) -> None:
    measures = measure(load(steady(5), seconds=5, lag=0.2), fault_at=None)

    assert measures.latency is None
    assert measures.problem.startswith("load/rate: must be what this machine can send, got 10 per second")


def test_writes_that_could_not_be_verified_prove_nothing(load: Any, steady: Any) -> None:
    measures = measure(load(steady(5), seconds=5, verify_error="OSError: gone"), fault_at=None)

    assert measures.problem == "load/verify: must be able to read what was written, got OSError: gone; loss is unknown"


def test_a_load_without_an_operation_proves_nothing(load: Any) -> None:
    assert measure(load([], seconds=5), fault_at=None).problem.startswith("load/seconds: must be long enough")
