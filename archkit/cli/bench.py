"""`archkit bench`: measures what docs/benchmarks.md says."""

from __future__ import annotations

import json
import os
import time
import traceback
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from archkit import console
from archkit.bench.document import to_markdown, updated
from archkit.bench.rows import Row
from archkit.bench.suite import SECTIONS, chosen
from archkit.drills.report import collect_into, read_reports
from archkit.engine.process import terminable
from archkit.errors import UserError
from archkit.stack.project import find_project


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(bench)


def bench(
    sections: Annotated[
        list[str] | None, typer.Argument(help=f"Some of {', '.join(one.name for one in SECTIONS)}; all without any.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each measurement is repeated.")] = 3,
    write: Annotated[bool, typer.Option(help="Write docs/benchmarks.md and docs/drills.md.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
) -> None:
    """Measure what the kit promises in figures; minutes to an hour, on a machine that does nothing else.

    The exit code is 1 when a figure does not reach what it must, or a section could not be measured; the others are.

    Examples:

        archkit bench

        archkit bench recording diagrams --rounds 5

        archkit bench web --no-write
    """
    project = find_project()
    results: dict[str, list[Row]] = {}
    loads: dict[str, float] = {}
    stopped: list[str] = []
    for section in chosen(sections or []):
        loads[section.name] = os.getloadavg()[0]
        began = time.time()
        try:
            with terminable(), console.step(section.title):
                results[section.name] = section.measure(project, rounds)
        except Exception as error:  # an hour's work is not lost to one section
            stopped.append(section.name)
            problems = error.problems if isinstance(error, UserError) else traceback.format_exception(error)
            for problem in problems:
                console.err.print(f"error: {section.name}: {problem}", markup=False)
            continue
        if not as_json:
            console.out.print(_table(results[section.name]))
        if write:  # after each: an hour's work is not lost to the last section
            path = project.root / "docs" / "benchmarks.json"
            stored = updated(path, {section.name: results[section.name]}, loads)
            path.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n")
            path.with_suffix(".md").write_text(to_markdown(stored))
            if reports := read_reports(project.private / "drills", since=began):
                collect_into(project.root / "docs" / "drills.md", reports)
    if as_json:
        console.print_json({name: [asdict(row) for row in rows] for name, rows in results.items()})
    if stopped or any(row.met is False for rows in results.values() for row in rows):
        raise typer.Exit(1)


def _table(rows: list[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("what", "must reach", "measured", "least - greatest", "n", "note"):
        table.add_column(title)
    for row in rows:
        colour = {True: "green", False: "red", None: "default"}[row.met]
        table.add_row(
            escape(row.what),
            escape(row.target),
            f"[{colour}]{escape(row.measured)}[/{colour}]",
            escape(row.spread),
            str(row.n),
            escape(row.note),
        )
    return table
