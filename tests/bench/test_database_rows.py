"""The rows of the database: a loss, a late run, a run that proves nothing and a missed way back are not met."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from archkit.bench.database_rows import control, gap_rows, lost_row
from archkit.drills.load import Record, Write
from archkit.drills.report import Report


@pytest.fixture
def report():
    """A report of runs of 20 s with ten writes a second; each silent for so long, then with so many lost."""
    spec = importlib.util.spec_from_file_location("reports", Path(__file__).parents[1] / "drills/report/conftest.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)

    def run(silent: float, lost: int):
        times = [at for at in (number / 10 for number in range(200)) if not 10 < at < 10 + silent]
        records = [Record(Write(str(at)), at, at + 0.01, answered=True) for at in times]
        found = {one.entry.identity: 1 for one in records[lost:]}
        return made.make_run(records=records, found=found)

    return lambda *runs: made.make_report(*(run(silent, lost) for silent, lost in runs))


def test_a_gap_within_the_limit_in_every_run_and_no_loss_is_met(report) -> None:
    gap, lost = gap_rows(report((1.0, 0), (2.0, 0), (2.5, 0)), 3.0)

    assert (gap.measured, gap.met, gap.n) == ("2.00", True, 3)
    assert gap.note.startswith("3 of 3 in time")
    assert (lost.measured, lost.met) == ("0", True)


def test_one_late_run_is_not_whatever_the_median_says(report) -> None:
    gap, lost = gap_rows(report((1.0, 0), (1.0, 0), (3.5, 0)), 3.0)

    assert (gap.measured, gap.met) == ("1.00", False)
    assert gap.note.startswith("2 of 3 in time")
    assert lost.met


def test_one_lost_write_is_not_met_and_counts_in_the_control(report) -> None:
    assert lost_row(report((1.0, 0), (1.0, 1))).met is False
    assert control(report((1.0, 1))).met
    assert control(report((1.0, 1), (1.0, 0))).met is False, "a control that loses nothing proves nothing"


def test_neither_is_a_run_that_proves_nothing_nor_a_way_back_that_was_missed(report) -> None:
    made: Report = report((1.0, 0))
    (run,) = made.runs
    void = replace(made, runs=(replace(run, measures=replace(run.measures, problem="load/rate: ...")),))
    assert [row.met for row in gap_rows(void, 3.0)] == [False, False]
    unread = replace(made, runs=(replace(run, measures=replace(run.measures, lost=None)),))
    assert lost_row(unread).met is False
    late = replace(made, runs=(replace(run, expectations=("2 replicas stream within 180 s",)),))
    assert lost_row(late).met is False
    assert "2 replicas stream" in lost_row(late).note
