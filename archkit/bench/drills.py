"""What clients see of each failure of the web design: the drills themselves, at a rate that shows a gap of 2 ms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import median

from archkit.bench.deployment import temporary
from archkit.bench.drilled import drilled
from archkit.bench.rows import Row, spread, tried
from archkit.bench.zones import complete, temporary_in_zones, three_zones
from archkit.drills.deployed import deployed
from archkit.drills.report import Report
from archkit.drills.report.measures import Measures
from archkit.drills.runner import Options
from archkit.drills.scenarios import scenarios
from archkit.lab import Lab, requirements
from archkit.stack.project import Project

RATE = 700.0  # two processors that also run the design and the generator carry some 1000 and then have nothing to spare
ZONE_RATE = 300.0
LEAST_REQUESTS = 20_000
SETTLED = ("replica-killed", "replica-stopped", "replica-frozen", "replica-cut-off", "rolling-update", "bad-deploy")
ZONES = ("zone-killed", "leader-zone-killed", "zone-cut-off")
ALONE_GAP_SECONDS = 8.0
FIXED_CAPACITY = ("web.service.capacity.maximum=6",)  # the stack's own minimum: nothing but the drill changes replicas


def measure(project: Project, *, rounds: int = 3, rate: float = RATE) -> list[Row]:
    """The rows of one machine, on a stack of its own.

    Args:
        project: The checkout.
        rounds: How often each failure is made.
        rate: Requests per second.

    """
    with temporary(project, "bench", "web.service.capacity.maximum=3") as web:
        web.up()
        web.wait_for_answer()
        found = deployed(project, web.name)
        options = Options(rate=rate, repeat=rounds, requests=LEAST_REQUESTS)

        def rows(name: str, read: Callable[[Report], list[Row]]) -> list[Row]:
            return tried(
                f"failed GETs, {name}", lambda: read(drilled(project, name, found, options, label="web-local"))
            )

        fitting = [name for name in SETTLED if scenarios()[name].needs(found) is None]
        made = [row for name in fitting for row in rows(name, lambda report: [failures(report)])]
        return [*made, *rows("load-balancer-killed", lambda report: [gap(report)])]


def measure_zones(project: Project, *, rounds: int = 3, rate: float = ZONE_RATE) -> list[Row]:
    """The rows of three zones, on a lab and a stack of its own; one that says why where this host cannot have a lab.

    Args:
        project: The checkout.
        rounds: How often each failure is made.
        rate: Requests per second: three daemons and a dozen containers share the machine with the generator.

    """
    if problems := requirements.problems(Lab()):
        note = "; ".join(problems)
        return [Row(what="failed GETs, a zone is lost", target="0", measured="not measured", met=None, n=0, note=note)]
    with three_zones(), temporary_in_zones(project, "bench", *FIXED_CAPACITY) as web:
        found = complete(project, web.name)
        options = Options(rate=rate, repeat=rounds)  # a zone's way back takes a minute: some 20 000 GETs by itself

        def rows(name: str) -> list[Row]:
            return tried(
                f"failed GETs in three zones, {name}",
                lambda: zone_rows(drilled(project, name, found, options, label="web-lab")),
            )

        return [row for name in ("load-balancer-killed", *ZONES) for row in rows(name)]


def failures(report: Report) -> Row:
    """GETs that failed, all runs together; a run that proves nothing has not reached it."""
    failed = [run.measures.failed for run in report.runs]
    sent = [run.measures.sent for run in report.runs]
    void = [run for run in report.runs if run.measures.problem]
    missed = [line for run in report.runs for line in run.expectations]
    notes = [f"{min(sent)} to {max(sent)} GETs a run", f"longest wait {_longest(report):.2f} s"]
    notes += [f"{len(void)} runs prove nothing"] if void else []
    return Row(
        what=f"failed GETs, {report.scenario}",
        target="0",
        measured=str(sum(failed)),
        met=not any(failed) and not void and not missed,
        n=len(failed),
        spread=spread(failed, 0),
        note="; ".join([*notes, *dict.fromkeys(missed)]),
    )


def gap(report: Report) -> Row:
    """The longest time without an answer where the only load balancer dies."""
    values = _values(report, lambda measures: measures.gap.seconds)
    return Row(
        what="only load balancer killed: longest gap, s",
        target=f"<= {ALONE_GAP_SECONDS:g}",
        measured=f"{median(values):.1f}",
        met=max(values) <= ALONE_GAP_SECONDS,
        n=len(values),
        spread=spread(values),
    )


def zone_rows(report: Report) -> list[Row]:
    """What clients saw of a lost zone, and how long each step of the way back took."""
    steps = dict.fromkeys((timing.what, timing.within_seconds) for run in report.runs for timing in run.timings)
    return [_at_the_others(report), *(_step(report, what, within) for what, within in steps)]


def _at_the_others(report: Report) -> Row:
    row = failures(report)
    gaps = _values(report, lambda measures: measures.gap.seconds)
    where = "one of three load balancers" if report.scenario == "load-balancer-killed" else report.scenario
    return replace(
        row,
        what=f"failed GETs in three zones, {where}",
        note=f"{row.note}; longest gap {max(gaps):.2f} s; clients know the zones that stay",
    )


def _step(report: Report, what: str, within: float) -> Row:
    taken = [timing.seconds for run in report.runs for timing in run.timings if timing.what == what]
    reached = [seconds for seconds in taken if seconds is not None]
    late = len(taken) - len(reached)
    return Row(
        what=f"{report.scenario}: {what}, s",
        target=f"<= {within:g}",
        measured=f"{median(reached):.1f}" if reached else "not in time",
        met=not late and max(reached) <= within,
        n=len(taken),
        spread=spread(reached),
        note=f"not in time in {late} runs" if late else "",
    )


def _values(report: Report, read: Callable[[Measures], float]) -> list[float]:
    return [read(run.measures) for run in report.runs]


def _longest(report: Report) -> float:
    """In seconds; 0 where a generator that did not keep up measured its own waits."""
    return max((run.measures.latency.max_milliseconds / 1e3 for run in report.runs if run.measures.latency), default=0)
