"""The rows of copies, restores and the loss of a site: what is missed, or not measured, is not met."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from archkit.bench.backup import Round, copy_rows
from archkit.bench.backup_rows import lost_rows, point_in_time_row
from archkit.drills.report import Gap, Report


@pytest.fixture
def report():
    """A report of one run with that gap and that loss."""
    spec = importlib.util.spec_from_file_location("reports", Path(__file__).parents[1] / "drills/report/conftest.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)

    def make(gap: float = 90, lost: float | None = 50, missed: tuple[str, ...] = ()) -> Report:
        run = made.make_run(0)
        measures = replace(run.measures, gap=Gap(seconds=gap, began=1), lost=7, recovery_point_seconds=lost)
        return made.make_report(replace(run, measures=measures, expectations=missed))

    return make


def made(copied: float = 5, restored: float = 6, different: int = 0) -> Round:
    return Round(copied_seconds=copied, restored_seconds=restored, different=different)


def test_copies_and_restores_are_held_to_their_slowest_round() -> None:
    copied, restored, same = copy_rows([made(), made(31, 30)], 301)

    assert (copied.measured, copied.met, copied.spread) == ("18.0", False, "5.0 - 31.0")
    assert (restored.met, restored.n) == (True, 2)
    assert "301 MB" in restored.note
    assert (same.measured, same.met) == ("0", True)


def test_one_table_that_is_not_the_same_is_not_met() -> None:
    assert copy_rows([made(), made(different=1)], 301)[2].met is False


def test_the_site_is_back_in_time_and_no_more_is_lost_than_a_segments_time(report) -> None:
    gone, lost, control = lost_rows(report(gap=92.4, lost=54.1), report(lost=115))

    assert (gone.measured, gone.met) == ("92", True)
    assert (lost.measured, lost.met) == ("54.1", True)
    assert (control.measured, control.met) == ("115.0", True)


@pytest.mark.parametrize(
    ("lost", "control", "met"),
    [
        ({"gap": 301}, {"lost": 115}, [False, True, True]),
        ({"lost": 61}, {"lost": 115}, [True, False, True]),
        ({"lost": None}, {"lost": 115}, [True, False, True]),
        ({}, {"lost": 60}, [True, True, False]),
        ({}, {"lost": None}, [True, True, False]),
        ({"missed": ("a member leads",)}, {"lost": 115}, [False, True, True]),
    ],
)
def test_too_long_too_much_or_a_control_that_loses_nothing_is_not_met(report, lost, control, met) -> None:
    assert [one.met for one in lost_rows(report(**lost), report(**control))] == met


def test_a_moment_that_was_not_restored_exactly_is_not_met(report) -> None:
    assert point_in_time_row(report()).met
    missed = point_in_time_row(report(missed=("every table has the rows",)))
    assert (missed.measured, missed.met) == ("1", False)
    assert "every table has the rows" in missed.note
