"""`docs/drills.md`: what each scenario came to, n runs, min to max; its lines are kept in `drills.json` beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from archkit.drills.report import wording
from archkit.drills.report.markdown import table
from archkit.drills.report.model import Report, from_json
from archkit.plain import items, mapping, text

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
Lines = Mapping[str, Mapping[str, Any]]
"""By `<stack>/<scenario>`."""


def read_reports(folder: Path, *, since: float = 0.0) -> list[Report]:
    """Every `report.json` below a folder, by stack and scenario; a UserError names the one that cannot be read.

    Args:
        folder: Where drills write.
        since: Only those written then or later, in seconds since the epoch.

    """
    paths = [path for path in sorted(folder.rglob("report.json")) if path.stat().st_mtime >= since]
    reports = [from_json(path.read_bytes(), path=str(path)) for path in paths]
    return sorted(reports, key=lambda report: (report.stack, report.scenario, report.runs[-1].began))


def collect_into(page: Path, reports: Sequence[Report]) -> None:
    """Brings a page up to date: scenarios that are not among the reports keep the lines that they have.

    Args:
        page: `docs/drills.md`; `drills.json` beside it holds its lines.
        reports: Of several of one scenario on one stack the last counts.

    """
    kept = page.with_suffix(".json")
    lines = dict(sorted({**read_lines(kept), **lines_of(reports)}.items()))
    kept.write_text(json.dumps(lines, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    page.write_text(to_collection(lines), encoding="utf-8")


def read_lines(path: Path) -> dict[str, dict[str, Any]]:
    """The lines that `drills.json` holds; none where there is no such file."""
    if not path.exists():
        return {}
    return {name: mapping(line) for name, line in mapping(json.loads(path.read_text(encoding="utf-8"))).items()}


def lines_of(reports: Sequence[Report]) -> dict[str, dict[str, Any]]:
    """One line for each scenario on each stack."""
    return {f"{report.stack}/{report.scenario}": _line(report) for report in reports}


def to_collection(lines: Lines) -> str:
    """The page: one table for each stack."""
    parts = [HEAD]
    if not lines:
        parts.append("No drill has been run yet: `archkit drill <stack> --all`.\n")
    for stack in dict.fromkeys(text(line["stack"]) for line in lines.values()):
        own = [line for line in lines.values() if line["stack"] == stack]
        shown = [name for name in SHOWN if any(_measured(line, name) for line in own)]
        machines = sorted({text(line["machine"]) for line in own})
        dates = sorted({text(date) for line in own for date in items(line["dates"])})
        period = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
        parts.append(f"## {stack}\n\n{'; '.join(machines)}; {period}; `archkit drill {stack} --all`\n")
        head = ("scenario", "what is done", "n", "verdict", *(name.lower() for name in shown))
        rows = [
            (
                text(line["scenario"]),
                text(line["title"]),
                text(line["n"]),
                f"**{line['verdict']}**",
                *(_measured(line, name) or wording.NOT_MEASURED for name in shown),
            )
            for line in own
        ]
        parts.append("\n".join(table(head, rows)) + "\n")
        if notes := [f"- {line['scenario']}: {line['headline']}" for line in own if line["verdict"] != "met"]:
            parts.append("\n".join(notes) + "\n")
    return "\n".join(parts)


def _line(report: Report) -> dict[str, Any]:
    runs = [run.measures for run in report.runs]
    figures = [one for one in wording.FIGURES if one.name in SHOWN and any(one.read(run) is not None for run in runs)]
    return {
        "stack": report.stack,
        "scenario": report.scenario,
        "title": report.title,
        "n": len(runs),
        "verdict": report.verdict,
        "headline": wording.reason_void(report) or wording.headline(report),
        "figures": {figure.name: wording.spread(figure, runs) for figure in figures},
        "machine": report.machine,
        "dates": sorted({run.began[:10] for run in report.runs}),
    }


def _measured(line: Mapping[str, Any], figure: str) -> str:
    return text(mapping(line["figures"]).get(figure))
