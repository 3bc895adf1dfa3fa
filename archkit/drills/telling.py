"""How drills are told on the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from archkit import console
from archkit.drills.deployed import Deployed
from archkit.drills.report import Report, compare, headline
from archkit.drills.report.wording import reason_void
from archkit.drills.scenario import Scenario
from archkit.errors import UserError


def listed(found: Deployed, scenarios: Iterable[Scenario], *, as_json: bool) -> None:
    """The scenarios there are, and which of them fit what is deployed."""
    rows = [(one.name, one.needs(found), one.title) for one in scenarios]
    if as_json:
        console.print_json(
            [
                {"name": name, "fits": missing is None, "missing": missing, "title": title}
                for name, missing, title in rows
            ]
        )
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("scenario", "fits", "what is done"):
        table.add_column(title)
    for name, missing, title in rows:
        table.add_row(name, "[green]yes[/green]" if missing is None else f"[dim]{escape(missing)}[/dim]", escape(title))
    console.out.print(table)
    console.out.print(
        f"run one: archkit drill {found.stack} {rows[0][0]} · all that fit: archkit drill {found.stack} --all",
        markup=False,
    )


def show(report: Report, page: Path, root: Path) -> None:
    """One report in a few lines.

    Args:
        report: What it came to.
        page: Its HTML page.
        root: The project's folder; paths below it are shown from there.

    """
    mark = "[green]✓[/green]" if report.passed else "[red]✗[/red]"
    console.out.print(f"{mark} {escape(report.scenario)}: {escape(headline(report))}")
    if why := reason_void(report):
        console.out.print(f"  {why}", markup=False)
    for missed in dict.fromkeys(line for run in report.runs for line in run.expectations):
        console.out.print(f"  missed: {missed}", markup=False)
    if report.prediction:
        for one in compare(report.prediction, report.runs[0].measures):
            word = "[green]right[/green]" if one.right else "[yellow]otherwise[/yellow]"
            measured = "not measured" if one.measured is None else f"{one.measured:g}"
            console.out.print(f"  {one.what}: you said {one.predicted:g}, it was {measured} — {word}")
        console.out.print(f"  why: {report.prediction.reason}", markup=False)
        console.out.print(f"  decided by: {report.prediction.setting}", markup=False)
    shown = page.relative_to(root) if page.is_relative_to(root) else page
    console.out.print(f"  report: {shown}", markup=False)


def document(reports: Sequence[Report], stopped: Mapping[str, UserError]) -> list[dict[str, Any]]:
    """What `--json` prints: one object for each scenario that was run or stopped."""
    ran = [
        {
            "scenario": one.scenario,
            "verdict": one.verdict,
            "passed": one.passed,
            "headline": headline(one),
            "problem": reason_void(one),
            "runs": [
                {
                    "sent": run.measures.sent,
                    "failed": run.measures.failed,
                    "gap_seconds": run.measures.gap.seconds,
                    "recovery_seconds": run.measures.recovery_seconds,
                    "expectations_missed": list(run.expectations),
                }
                for run in one.runs
            ],
        }
        for one in reports
    ]
    failed = [
        {"scenario": name, "verdict": "stopped", "passed": False, "problem": str(error)}
        for name, error in stopped.items()
    ]
    return [*ran, *failed]
