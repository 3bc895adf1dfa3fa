"""The rows that drills give: a failure, a missed expectation or a run that proves nothing is not met."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from archkit.bench.drills import failures, gap, measure_zones, zone_rows
from archkit.drills.report import Report, Timing
from archkit.lab import requirements
from archkit.stack.project import Project


@pytest.fixture
def report():
    """A report of runs of which so many operations failed each."""
    spec = importlib.util.spec_from_file_location("reports", Path(__file__).parents[1] / "drills/report/conftest.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return lambda *failed: made.make_report(*(made.make_run(number) for number in failed))


def test_no_failure_in_any_run_is_met(report) -> None:
    row = failures(report(0, 0, 0))

    assert (row.measured, row.met, row.n, row.spread) == ("0", True, 3, "0 - 0")
    assert "200 to 200 GETs a run" in row.note


def test_one_failure_in_one_run_is_not(report) -> None:
    assert failures(report(0, 1, 0)).met is False


def test_neither_is_an_expectation_that_was_missed_nor_a_run_that_proves_nothing(report) -> None:
    made: Report = report(0)
    late = replace(made.runs[0], expectations=("3 replicas within 30 s",))
    assert failures(replace(made, runs=(late,))).met is False
    void = replace(made.runs[0], measures=replace(made.runs[0].measures, problem="load/rate: ..."))
    assert failures(replace(made, runs=(void,))).met is False


def test_the_longest_gap_of_all_runs_counts(report) -> None:
    row = gap(report(0, 90))

    assert row.met is False, "9 s without an answer"
    assert gap(report(0, 10)).met


def test_a_host_that_cannot_have_zones_is_told_not_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements.os, "geteuid", lambda: 1000)
    (row,) = measure_zones(Project(root=tmp_path))

    assert (row.measured, row.met) == ("not measured", None)
    assert "lab: needs root" in row.note


def test_each_step_of_the_way_back_is_held_to_its_time(report) -> None:
    made: Report = report(0, 0)

    def timed(*seconds: float | None) -> list[tuple[str, bool | None]]:
        runs = [
            replace(run, timings=(Timing(what="web is whole", seconds=taken, within_seconds=6),))
            for run, taken in zip(made.runs, seconds, strict=True)
        ]
        rows = zone_rows(replace(made, runs=tuple(runs)))
        assert rows[0].what == "failed GETs in three zones, replica-killed"
        return [(row.measured, row.met) for row in rows[1:]]

    assert timed(2.0, 5.0) == [("3.5", True)]
    assert timed(2.0, 7.0) == [("4.5", False)], "with patience it came true, and is over what it must reach"
    assert timed(2.0, None) == [("2.0", False)]
