"""Runs made of given operations, so that every figure of a report is known beforehand."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from archkit.drills.load import Kind, LoadResult, Outcome, Record, Samples, check
from archkit.drills.load.result import pace_of
from archkit.drills.report import Report, Run, run_of
from archkit.drills.timeline import FAULT, HEALING, Event
from components.objectives import Objectives

Operation = tuple[float, float, Kind]
WALL, MONOTONIC = 1_795_490_000.0, 1000.0


def make_load(
    operations: Sequence[Operation],
    *,
    seconds: float,
    records: Sequence[Record] = (),
    found: dict[str, int] | None = None,
    lag: float = 0.0001,
    verify_error: str = "",
    replica: Callable[[float], str] = lambda _: "one",
) -> LoadResult:
    """A load of (intended, latency, kind) operations."""
    samples = Samples()
    for intended, latency, kind in operations:
        samples.add(intended, latency, Outcome(kind, 200, replica(intended) if kind == Kind.OK else ""), lag)
    return LoadResult(
        workload="GET http://127.0.0.1:8080/",
        rate=len(operations) / seconds,
        began_wall=WALL,
        began_monotonic=MONOTONIC,
        seconds=seconds,
        samples=samples,
        pace=pace_of(len(operations), samples.lag, 0.3 * seconds, seconds),
        records=tuple(records),
        consistency=check(records, found) if found is not None else None,
        verify_error=verify_error,
    )


def make_steady(seconds: int, rate: int = 10, latency: float = 0.01) -> list[Operation]:
    """Good operations at a constant rate."""
    return [(number / rate, latency, Kind.OK) for number in range(seconds * rate)]


def make_events(*marks: tuple[float, str, str]) -> tuple[Event, ...]:
    """(seconds since the start, kind, text), all of the drill's own."""
    return tuple(
        Event(monotonic=MONOTONIC + at, wall=WALL + at, source="drill", text=text, kind=kind)
        for at, kind, text in marks
    )


def make_run(failed: int = 0, **more: Any) -> Run:
    """20 s at 10 per second; a fault at 10 s in which the next `failed` operations are reset, healed at 15 s."""
    operations = [
        (at, latency, Kind.RESET if 100 <= number < 100 + failed else kind)
        for number, (at, latency, kind) in enumerate(make_steady(20))
    ]
    marks = make_events((10.0, FAULT, "kill web.1"), (15.0, HEALING, "web.1 is back"))
    return run_of(make_load(operations, seconds=20, **more), marks)


def make_report(*runs: Run, objectives: Objectives | None = None, **more: Any) -> Report:
    return Report(
        stack="web-local",
        scenario="replica-killed",
        title="One replica of web is killed while clients ask for <pages> | more.",
        workload="GET http://127.0.0.1:8080/",
        machine="2 processors",
        objectives=objectives or Objectives(),
        runs=runs or (make_run(),),
        **more,
    )


@pytest.fixture
def load() -> Callable[..., LoadResult]:
    return make_load


@pytest.fixture
def steady() -> Callable[..., list[Operation]]:
    return make_steady


@pytest.fixture
def run() -> Callable[..., Run]:
    return make_run


@pytest.fixture
def report() -> Callable[..., Report]:
    return make_report
