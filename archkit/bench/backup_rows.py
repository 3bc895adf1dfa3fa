"""What the drills of backups came to, as rows."""

from __future__ import annotations

from archkit.bench.rows import Row
from archkit.drills.report import Report, Run
from archkit.drills.scenarios.backup.site_lost import RECOVERY_SECONDS
from components.access.archive import TIMEOUT_SECONDS


def point_in_time_row(report: Report) -> Row:
    """Whether a moment under four writers was restored exact to the transaction; failing to restore is not met."""
    missed = [line for run in report.runs for line in _problems(run)]
    writes = sum(run.measures.consistency.acknowledged for run in report.runs if run.measures.consistency)
    return Row(
        what="point in time under four writers: runs not exact to the transaction",
        target="0",
        measured=str(sum(bool(_problems(run)) for run in report.runs)),
        met=not missed,
        n=len(report.runs),
        note="; ".join([f"among {writes} acknowledged writes", *missed]),
    )


def lost_rows(report: Report, control: Report) -> list[Row]:
    """How long the site was gone, how far back the loss of writes reaches, and that the control's reaches further."""
    (run,) = report.runs
    (other,) = control.runs
    gone, lost = run.measures.gap.seconds, run.measures.recovery_point_seconds
    control_lost = other.measures.recovery_point_seconds
    steps = [f"{one.what} {one.seconds:g} s" for one in run.timings if one.seconds is not None]
    return [
        Row(
            what="whole site lost: until writes are taken again, s",
            target=f"<= {RECOVERY_SECONDS:g}",
            measured=f"{gone:.0f}",
            met=gone <= RECOVERY_SECONDS and not _problems(run),
            n=1,
            note="; ".join(["from the offsite copy alone; images were there", *steps, *_problems(run)]),
        ),
        Row(
            what="whole site lost: age of the oldest lost write, s",
            target=f"<= {TIMEOUT_SECONDS}",
            measured=_figure(lost),
            met=lost is not None and lost <= TIMEOUT_SECONDS,
            n=1,
            note=f"{run.measures.lost} acknowledged writes lost; the site is lost just before a segment would leave",
        ),
        Row(
            what="the same, archiving stopped (control), s",
            target=f"> {TIMEOUT_SECONDS}",
            measured=_figure(control_lost),
            met=control_lost is not None and control_lost > TIMEOUT_SECONDS,
            n=1,
            note=f"{other.measures.lost} acknowledged writes lost",
        ),
    ]


def _figure(seconds: float | None) -> str:
    return "not measured" if seconds is None else f"{seconds:.1f}"


def _problems(run: Run) -> list[str]:
    return [*run.expectations, *([run.measures.problem] if run.measures.problem else [])]
