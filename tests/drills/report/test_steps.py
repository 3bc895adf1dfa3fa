"""How long what a scenario expects took, in the report."""

from dataclasses import replace
from typing import Any

from archkit.drills.report import Timing, to_html, to_markdown
from archkit.drills.report.wording import steps


def timed(run: Any, seconds: float | None) -> Any:
    return replace(run(), timings=(Timing(what="3 replicas of web are healthy", seconds=seconds, within_seconds=6),))


def test_the_least_and_the_greatest_of_all_runs_are_told(run: Any, report: Any) -> None:
    made = report(timed(run, 2.0), timed(run, 5.5), timed(run, None))

    ((what, within, took),) = steps(made)
    assert (what, within) == ("3 replicas of web are healthy", "6 s")
    assert took.startswith("2 s to 5.5 s; not in time in 1 of 3")
    assert "The way back" in to_html(made)
    assert f"| {what} | {within} | {took} |" in to_markdown(made)


def test_what_never_came_true_is_told_and_a_run_without_expectations_has_no_such_part(run: Any, report: Any) -> None:
    assert steps(report(timed(run, None)))[0][2] == "not in time"
    assert "The way back" not in to_html(report(run()))
