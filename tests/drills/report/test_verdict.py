"""Promised against measured, and what decides the exit code."""

from typing import Any

import pytest

from archkit.drills.load import Record, Write
from archkit.drills.report import Prediction, compare, headline
from archkit.drills.report.wording import moment, number, seconds, share
from components.errors import InvalidArgsError
from components.objectives import Objectives

ALL = Objectives(
    availability=0.9995, error_rate=0, latency_p99_milliseconds=250, recovery_time_seconds=5, recovery_point_seconds=0
)


def written(count: int = 50) -> list[Record]:
    return [Record(Write(f"w{number}"), number / 10, number / 10 + 0.01, True) for number in range(count)]


def everything() -> dict[str, int]:
    return {f"w{number}": 1 for number in range(50)}


def test_a_run_that_held_all_objectives_passes(run: Any, report: Any) -> None:
    held = report(run(records=written(), found=everything()), objectives=ALL)

    assert (held.verdict, held.passed) == ("met", True)
    assert all(verdict.met for verdict in held.verdicts)
    assert len(held.verdicts) == 5
    assert headline(held).startswith("Objectives held: not one of 200 operations failed, longest gap 100 ms")


def test_one_failure_misses_an_error_rate_of_none(run: Any, report: Any) -> None:
    missed = report(run(failed=1), objectives=Objectives(error_rate=0))

    assert (missed.verdict, missed.passed) == ("missed", False)
    assert headline(missed) == "Missed: error rate 1 %, promised 0 %"


@pytest.mark.parametrize(
    ("objectives", "failed"),
    [
        (Objectives(error_rate=0.19), 20),
        (Objectives(recovery_time_seconds=1.9), 20),
        (Objectives(availability=0.9999999), 20),
        (Objectives(latency_p99_milliseconds=9), 0),
    ],
)
def test_each_objective_can_be_missed(run: Any, report: Any, objectives: Objectives, failed: int) -> None:
    assert report(run(failed=failed), objectives=objectives).verdict == "missed"


def test_a_loss_misses_the_recovery_point_and_is_counted_in_the_headline(run: Any, report: Any) -> None:
    lost = report(run(records=written(), found=everything() | {"w3": 0}), objectives=ALL)

    assert lost.verdict == "missed"
    assert headline(lost) == "Missed: 1 acknowledged writes lost"


def test_a_doubled_write_misses_whatever_was_promised(run: Any, report: Any) -> None:
    doubled = report(run(records=written(), found=everything() | {"w3": 2}))

    assert (doubled.verdict, doubled.passed) == ("missed", False)
    assert headline(doubled) == "Missed: 1 doubled writes"


def test_the_worst_of_several_runs_decides(run: Any, report: Any) -> None:
    repeated = report(run(), run(failed=2), run(), objectives=Objectives(error_rate=0.01))

    assert not repeated.passed
    assert repeated.verdicts[0].measured == 0.02
    assert repeated.shown is repeated.runs[1]


def test_a_recovery_point_is_not_tried_by_reads(run: Any, report: Any) -> None:
    reads = report(objectives=Objectives(recovery_point_seconds=0))

    assert reads.verdicts[0].met is None
    assert reads.verdict == "undeclared", "a drill that only reads must not say that nothing was lost"


def test_clients_that_still_fail_at_the_end_miss_any_recovery_time(run: Any, report: Any) -> None:
    endless = report(run(failed=100), objectives=Objectives(recovery_time_seconds=3600))

    assert endless.verdict == "missed"
    assert headline(endless) == "Missed: clients still noticed it when the load ended"


def test_a_generator_that_lagged_proves_nothing_and_does_not_pass(run: Any, report: Any) -> None:
    void = report(run(lag=0.5), objectives=Objectives(error_rate=0))

    assert (void.verdict, void.passed) == ("void", False)
    assert headline(void) == "This run proves nothing"


def test_without_objectives_nothing_can_be_missed_and_it_is_said(report: Any) -> None:
    assert report().verdict == "undeclared"
    assert report().passed
    assert headline(report()).startswith("No objective declared: ")


def test_a_prediction_is_right_within_a_factor_of_two(run: Any) -> None:
    measures = run(failed=20).measures

    right = compare(Prediction(failed=15, gap_seconds=1.5), measures)
    wrong = compare(Prediction(failed=0, gap_seconds=30), measures)

    assert [one.right for one in right] == [True, True]
    assert [one.right for one in wrong] == [False, False]
    assert len(right) == 2, "nothing was written, and no loss predicted"


def test_a_prediction_of_loss_without_writes_is_not_called_right(run: Any) -> None:
    assert [one.right for one in compare(Prediction(failed=0, gap_seconds=0.1, lost=3), run().measures)][-1] is False


def test_fewer_than_none_cannot_be_predicted() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        Prediction(failed=-1, gap_seconds=-2)

    assert refused.value.problems == (
        "prediction/failed: must be 0 or more, got -1; fewer than none cannot happen",
        "prediction/gap_seconds: must be 0 or more, got -2; fewer than none cannot happen",
    )


def test_figures_are_written_with_the_unit_that_suits_them() -> None:
    assert [seconds(value) for value in (None, 0, 0.04, 0.9999, 1.5, 119, 200, 240)] == [
        "\u2013",
        "0 s",
        "40 ms",
        "1 s",
        "1.5 s",
        "119 s",
        "3 min 20 s",
        "4 min",
    ]
    assert number(25312) == "25\u202f312"
    assert [share(value) for value in (0, 0.00421, 0.5, 0.9995, 0.99999989, 1)] == [
        "0 %",
        "0.421 %",
        "50 %",
        "99.95 %",
        "99.999989 %",
        "100 %",
    ]
    assert moment("2026-11-24T05:13:20+02:00") == "2026-11-24 03:13 UTC"
