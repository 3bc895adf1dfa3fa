"""Promised and measured, side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archkit.drills.report.measures import Measures
from components.objectives import Objectives

MET, MISSED, UNDECLARED, VOID = "met", "missed", "undeclared", "void"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One objective against what the runs measured.

    Args:
        objective: Its name in `Objectives`.
        promised: What it says.
        measured: The worst of all runs; None where it could not be measured.
        met: None where this drill did not try it: a drill that only reads says nothing about lost writes.
        reason: What tells more than the figure; empty where that says all.

    """

    objective: str
    promised: float
    measured: float | None
    met: bool | None
    reason: str = ""


def verdicts_of(objectives: Objectives, runs: Sequence[Measures]) -> tuple[Verdict, ...]:
    """Every declared objective, each by its worst run."""
    promised = objectives.document()
    return tuple(_verdict(name, value, runs) for name, value in promised.items())


def overall(verdicts: Sequence[Verdict], runs: Sequence[Measures], *, missed: bool) -> str:
    """`void`, `missed`, `met` or `undeclared`, in this order of weight."""
    if not runs or any(run.problem for run in runs):
        return VOID
    if missed or any(verdict.met is False for verdict in verdicts) or any(_inconsistent(run) for run in runs):
        return MISSED
    return MET if any(verdict.met for verdict in verdicts) else UNDECLARED


def _inconsistent(run: Measures) -> bool:
    """Doubled, made up, stale or backward is nobody's objective; loss is judged by `recovery_point_seconds`."""
    found = run.consistency
    return found is not None and any(
        one.count for one in (found.duplicates, found.phantoms, found.stale_reads, found.backward_reads)
    )


_MEASURED: dict[str, Callable[[Measures], float | None]] = {
    "availability": lambda run: run.availability,
    "error_rate": lambda run: run.error_rate,
    "latency_p99_milliseconds": lambda run: run.latency.p99_milliseconds if run.latency else None,
    "recovery_time_seconds": lambda run: run.recovery_seconds,
    "recovery_point_seconds": lambda run: run.recovery_point_seconds,
}


def _verdict(name: str, promised: float, runs: Sequence[Measures]) -> Verdict:
    values = [_MEASURED[name](run) for run in runs]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:
        # A recovery point is a promise about writes: a run that only reads can neither keep nor break it.
        if name == "recovery_point_seconds" and all(run.write_gap is None for run in runs):
            return Verdict(objective=name, promised=promised, measured=None, met=None, reason="nothing was written")
        return Verdict(objective=name, promised=promised, measured=None, met=False, reason="could not be measured")
    if name == "availability":
        worst = min(known)
        return Verdict(objective=name, promised=promised, measured=worst, met=worst >= promised)
    worst = max(known)
    if name == "recovery_time_seconds" and not all(run.recovered for run in runs):
        why = "clients still noticed it when the load ended"
        return Verdict(objective=name, promised=promised, measured=worst, met=False, reason=why)
    lost = max((run.lost or 0 for run in runs), default=0)
    if name == "recovery_point_seconds" and promised == 0 and lost:
        why = f"{lost} acknowledged writes lost"
        return Verdict(objective=name, promised=promised, measured=worst, met=False, reason=why)
    return Verdict(objective=name, promised=promised, measured=worst, met=worst <= promised)
