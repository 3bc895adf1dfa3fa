"""How a report speaks: figures with their units, and one headline that says what matters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from archkit.drills.report.measures import Measures
from archkit.drills.report.model import Report
from archkit.drills.report.verdict import MET, MISSED, VOID, Verdict

NOT_MEASURED = "\u2013"  # en dash
DIFFERENCE = 0.1  # of the greater value; less is what one machine does by itself
THIN = "\u202f"  # narrow no-break space: between thousands

OBJECTIVE_NAMES = {
    "availability": "Availability, were this to happen once in 30 days",
    "error_rate": "Failed operations, share from the fault on",
    "latency_p99_milliseconds": "Latency, 99 of 100",
    "recovery_time_seconds": "Recovery time (RTO)",
    "recovery_point_seconds": "Recovery point (RPO)",
}


def number(value: float | None) -> str:
    """A count: `25 312`."""
    return NOT_MEASURED if value is None else f"{value:,.0f}".replace(",", THIN)


def seconds(value: float | None) -> str:
    """A length of time, in the unit that suits it: `40 ms`, `1.5 s`, `3 min 20 s`."""
    if value is None:
        return NOT_MEASURED
    if value == 0:
        return "0 s"
    if value < 0.9995:
        return f"{value * 1e3:.3g} ms"
    if value < 120:
        return f"{value:.3g} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def milliseconds(value: float | None) -> str:
    """The same, from milliseconds."""
    return seconds(None if value is None else value / 1e3)


def share(value: float | None) -> str:
    """A share as percent, with as many digits as tell it from 0 and from 100: `0.012 %`, `99.9983 %`."""
    if value is None:
        return NOT_MEASURED
    percent = value * 100
    if 99 < percent < 100:
        digits = 2
        while f"{percent:.{digits}f}".startswith("100") and digits < 9:
            digits += 1
        return f"{percent:.{min(9, digits + 1)}f}".rstrip("0").rstrip(".") + " %"
    return f"{percent:.3g} %"


def objective_value(name: str, value: float | None) -> str:
    """The value of an objective, in its unit."""
    if name in {"availability", "error_rate"}:
        return share(value)
    return milliseconds(value) if name == "latency_p99_milliseconds" else seconds(value)


@dataclass(frozen=True)
class Figure:
    """One line of the table of figures.

    Args:
        name: For people.
        read: Takes it from the measures; None where it was not measured.
        show: Makes a text of it.
        better_low: False where more is better, None where neither is.

    """

    name: str
    read: Callable[[Measures], float | None]
    show: Callable[[float | None], str]
    better_low: bool | None = True


FIGURES: tuple[Figure, ...] = (
    Figure("Operations", lambda run: run.sent, number, None),
    Figure("Failed", lambda run: run.failed, number),
    Figure("Longest gap between good answers", lambda run: run.gap.seconds, seconds),
    Figure("Longest gap between acknowledged writes", lambda run: run.write_gap and run.write_gap.seconds, seconds),
    Figure("Recovery", lambda run: run.recovery_seconds, seconds),
    Figure("Lost writes", lambda run: run.lost, number),
    Figure("Doubled writes", lambda run: run.duplicates, number),
    Figure("Writes without an answer", lambda run: run.unknown, number),
    Figure("Latency p50", lambda run: run.latency and run.latency.p50_milliseconds, milliseconds),
    Figure("Latency p99", lambda run: run.latency and run.latency.p99_milliseconds, milliseconds),
    Figure("Latency, slowest", lambda run: run.latency and run.latency.max_milliseconds, milliseconds),
    Figure("Availability, once in 30 days", lambda run: run.availability, share, False),
)


def spread(figure: Figure, runs: Sequence[Measures]) -> str:
    """A figure over all runs: one value, or `min to max`."""
    values = [value for run in runs if (value := figure.read(run)) is not None]
    if not values:
        return NOT_MEASURED
    low, high = figure.show(min(values)), figure.show(max(values))
    text = low if low == high else f"{low} to {high}"
    return text if len(values) == len(runs) else f"{text} (in {len(values)} of {len(runs)} runs)"


def trend(figure: Figure, runs: Sequence[Measures], before: Sequence[Measures]) -> str:
    """`better`, `worse`, or nothing where the ranges overlap or lie within a tenth: that is no difference."""
    new = [value for run in runs if (value := figure.read(run)) is not None]
    old = [value for run in before if (value := figure.read(run)) is not None]
    if figure.better_low is None or not new or not old or (min(new) <= max(old) and min(old) <= max(new)):
        return ""
    apart = max(min(new) - max(old), min(old) - max(new))
    if apart < DIFFERENCE * max(*new, *old) and figure.show is not share:
        return ""
    return "better" if (max(new) < min(old)) == figure.better_low else "worse"


def steps(report: Report) -> list[tuple[str, str, str]]:
    """What the scenario expected: its words, what it may take, and how long it took in each run, min to max."""
    found: dict[tuple[str, float], list[float | None]] = {}
    for run in report.runs:
        for one in run.timings:
            found.setdefault((one.what, one.within_seconds), []).append(one.seconds)
    told: list[tuple[str, str, str]] = []
    for (what, within), taken in found.items():
        reached = [value for value in taken if value is not None]
        ends = list(dict.fromkeys((seconds(min(reached)), seconds(max(reached))))) if reached else []
        late = len(taken) - len(reached)
        words = " to ".join(ends) + (f"; not in time in {late} of {len(taken)}" if late and reached else "")
        told.append((what, seconds(within), words or "not in time"))
    return told


def headline(report: Report) -> str:
    """One sentence: did it hold, and what clients noticed."""
    if report.verdict == VOID:
        return "This run proves nothing"
    if report.verdict == MISSED:
        return "Missed: " + "; ".join(_misses(report))
    noticed = _noticed(report)
    return f"{'Objectives held' if report.verdict == MET else 'No objective declared'}: {noticed}"


def reason_void(report: Report) -> str:
    """Why nothing is proven; empty where something is."""
    return next((run.measures.problem for run in report.runs if run.measures.problem), "")


def moment(iso: str) -> str:
    """A time for people: `2026-11-24 03:13 UTC`."""
    return datetime.fromisoformat(iso).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def verdict_word(verdict: Verdict) -> str:
    """`met`, `missed` or `not tried`."""
    return "not tried" if verdict.met is None else "met" if verdict.met else "missed"


def _misses(report: Report) -> list[str]:
    short = {"latency_p99_milliseconds": "p99 latency", "recovery_time_seconds": "recovery"}
    texts: list[str] = []
    for verdict in report.verdicts:
        if verdict.met is False:
            name = short.get(verdict.objective, verdict.objective.removesuffix("_seconds").replace("_", " "))
            promised = objective_value(verdict.objective, verdict.promised)
            measured = objective_value(verdict.objective, verdict.measured)
            texts.append(verdict.reason or f"{name} {measured}, promised {promised}")
    found = [run.measures.consistency for run in report.runs if run.measures.consistency]
    for what, count in (
        ("doubled writes", max((one.duplicates.count for one in found), default=0)),
        ("writes that nobody made", max((one.phantoms.count for one in found), default=0)),
        ("stale reads", max((one.stale_reads.count for one in found), default=0)),
        ("reads that went back in time", max((one.backward_reads.count for one in found), default=0)),
    ):
        if count:
            texts.append(f"{number(count)} {what}")
    return texts + list(dict.fromkeys(text for run in report.runs for text in run.expectations))


def _noticed(report: Report) -> str:
    runs = [run.measures for run in report.runs]
    failed, total = max(run.failed for run in runs), sum(run.sent for run in runs)
    gap = max(run.gap.seconds for run in runs)
    if failed:
        return f"at most {number(failed)} operations failed in a run, longest gap {seconds(gap)}"
    return f"not one of {number(total)} operations failed, longest gap {seconds(gap)}"
