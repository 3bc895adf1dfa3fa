"""`docs/drills.md` from a folder of reports: what each scenario came to, with n and min to max."""

from itertools import groupby
from pathlib import Path

from archkit.drills.report import wording
from archkit.drills.report.markdown import table
from archkit.drills.report.model import Report, from_json

SHOWN = (
    "Operations",
    "Failed",
    "Longest gap between good answers",
    "Longest gap between acknowledged writes",
    "Recovery",
    "Lost writes",
    "Doubled writes",
    "Latency p99",
)
HEAD = """# What the drills measured

Generated from the reports of the drills; do not edit. Each line is one scenario on one stack: n runs, and of each
figure the least and the greatest of them. Figures of one machine are no cloud provider's promise. How they are defined
stands in each report: a gap is the longest time between two good answers, recovery runs from the fault (or its healing)
until clients last noticed it, lost is acknowledged and absent afterwards.
"""


def read_reports(folder: Path) -> list[Report]:
    """Every `report.json` below a folder, by stack and scenario; a UserError names the one that cannot be read."""
    reports = [from_json(path.read_bytes(), path=str(path)) for path in sorted(folder.rglob("report.json"))]
    return sorted(reports, key=lambda report: (report.stack, report.scenario, report.runs[-1].began))


def to_collection(reports: list[Report]) -> str:
    """The page: one table for each stack; of several reports of a scenario the newest counts."""
    parts = [HEAD]
    if not reports:
        parts.append("No drill has been run yet: `archkit drill <stack> --all`.\n")
    for stack, of_stack in groupby(reports, key=lambda report: report.stack):
        newest = {report.scenario: report for report in of_stack}
        figures = [
            figure
            for figure in wording.FIGURES
            if figure.name in SHOWN
            and any(figure.read(run.measures) is not None for report in newest.values() for run in report.runs)
        ]
        machines = sorted({report.machine for report in newest.values()})
        dates = sorted(run.began[:10] for report in newest.values() for run in report.runs)
        period = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
        parts.append(f"## {stack}\n\n{'; '.join(machines)}; {period}\n")
        head = ("scenario", "n", "verdict", *(figure.name.lower() for figure in figures))
        rows = [
            (
                report.scenario,
                str(len(report.runs)),
                f"**{report.verdict}**",
                *(wording.spread(figure, [run.measures for run in report.runs]) for figure in figures),
            )
            for report in newest.values()
        ]
        parts.append("\n".join(table(head, rows)) + "\n")
    return "\n".join(parts)
