"""Makes the report's run of what the load and the timeline hold."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime

from archkit.drills.load.result import LoadResult
from archkit.drills.report.measures import SLOW_SECONDS, measure
from archkit.drills.report.model import ReportEvent, Run
from archkit.drills.report.series import series_of
from archkit.drills.timeline import FAULT, HEALING, Event


def run_of(
    result: LoadResult,
    events: Sequence[Event],
    *,
    slow_seconds: float = SLOW_SECONDS,
    expectations: Sequence[str] = (),
) -> Run:
    """One run of a scenario, as the report keeps it.

    Args:
        result: What the load came to.
        events: `Timeline.events`; the first `fault` and the last `healing` are what is measured from.
        slow_seconds: An operation that took longer counts as noticed by its client.
        expectations: What the scenario demanded and did not get.

    """
    faults = [event.monotonic - result.began_monotonic for event in events if event.kind == FAULT]
    healings = [event.monotonic - result.began_monotonic for event in events if event.kind == HEALING]
    fault_at = min(faults, default=None)
    healed_at = max(healings, default=None)
    return Run(
        began=datetime.fromtimestamp(result.began_wall, UTC).isoformat(timespec="seconds"),
        seconds=result.seconds,
        rate=result.rate,
        fault_at=fault_at,
        healed_at=healed_at,
        measures=measure(result, fault_at=fault_at, healed_at=healed_at, slow_seconds=slow_seconds),
        series=series_of(result),
        events=tuple(
            ReportEvent(
                at=round(event.monotonic - result.began_monotonic, 3),
                source=event.source,
                kind=event.kind,
                text=event.text,
            )
            for event in events
        ),
        pace=result.pace,
        expectations=tuple(expectations),
    )


def machine() -> str:
    """This machine, for the report: `2 processors, Linux 6.1, x86_64`."""
    return f"{os.cpu_count()} processors, {platform.system()} {platform.release()}, {platform.machine()}"
