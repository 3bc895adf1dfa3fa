"""Reports of the database's drills as rows."""

from __future__ import annotations

from statistics import median

from archkit.bench.rows import Row, spread
from archkit.drills.report import Report
from archkit.drills.report.measures import Measures


def gap_rows(report: Report, most_seconds: float) -> list[Row]:
    """The longest time between two acknowledged writes, which every run has to keep, and the writes that were lost."""
    gaps = [_write_gap(run.measures) for run in report.runs]
    return [
        Row(
            what=f"{report.scenario}: longest gap between acknowledged writes, s",
            target=f"<= {most_seconds:g} in each",
            measured=f"{median(gaps):.2f}",
            met=max(gaps) <= most_seconds and not _void(report),
            n=len(gaps),
            spread=spread(gaps, 2),
            note=f"{sum(one <= most_seconds for one in gaps)} of {len(gaps)} in time{_notes(report)}",
        ),
        lost_row(report),
    ]


def lost_row(report: Report) -> Row:
    """Acknowledged writes that are not there once the whole cluster is back; each run has to end so."""
    lost = [run.measures.lost for run in report.runs]
    known = [one for one in lost if one is not None]
    doubled = sum(run.measures.duplicates or 0 for run in report.runs)
    missed = [line for run in report.runs for line in run.expectations if "without an answer" not in line]
    return Row(
        what=f"{report.scenario}: acknowledged writes lost",
        target="0",
        measured=str(sum(known)) if known else "not known",
        met=lost == [0] * len(lost) and not doubled and not missed and not _void(report),
        n=len(lost),
        spread=spread(known, 0),
        note="; ".join([_written(report), *dict.fromkeys(missed)]),
    )


def control(report: Report) -> Row:
    """The same failure where a write is acknowledged before a replica has it: the drill has to see the loss."""
    lost = [run.measures.lost or 0 for run in report.runs]
    return Row(
        what=f"{report.scenario}, asynchronous, as the control: acknowledged writes lost",
        target="> 0",
        measured=str(sum(lost)),
        met=all(lost) and not _void(report),
        n=len(lost),
        spread=spread(lost, 0),
        note=_written(report),
    )


def _write_gap(measures: Measures) -> float:
    return (measures.write_gap or measures.gap).seconds


def _void(report: Report) -> list[str]:
    """Why runs prove nothing."""
    return [run.measures.problem for run in report.runs if run.measures.problem]


def _written(report: Report) -> str:
    sent = [run.measures.sent for run in report.runs]
    unknown = sum(run.measures.unknown or 0 for run in report.runs)
    return f"{min(sent)} to {max(sent)} writes a run by 4 writers, {unknown} without an answer{_notes(report)}"


def _notes(report: Report) -> str:
    return f"; {len(_void(report))} runs prove nothing" if _void(report) else ""
