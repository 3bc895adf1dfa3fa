"""`docs/benchmarks.md`, made from `docs/benchmarks.json`: a run of one section leaves the others as they were."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archkit.bench.rows import Row
from archkit.bench.suite import SECTIONS
from archkit.plain import items, mapping, text

_HEAD = """# Benchmarks

Made by `make bench` from [benchmarks.json](benchmarks.json); do not edit. Each figure is the median of n runs on one
machine, with the least and the greatest of them. What is compared was measured side by side, in the same run. Figures
of one machine are no cloud provider's promise. `load` is the machine's load average when the section began: above its
number of processors, times are longer than on a quiet machine.
"""
_MARKS = {True: "yes", False: "**no**", None: ""}


def updated(path: Path, results: Mapping[str, list[Row]], loads: Mapping[str, float]) -> dict[str, Any]:
    """The stored results with new ones in place of the old of the same sections.

    Args:
        path: `docs/benchmarks.json`; it need not exist.
        results: Rows by section.
        loads: Load average by section.

    """
    stored = mapping(json.loads(path.read_text())) if path.exists() else {}
    for name, rows in results.items():
        stored[name] = {
            "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "commit": _commit(path.parent),
            "machine": f"{os.cpu_count()} processors, {platform.system()} {platform.release()}",
            "load": round(loads[name], 1),
            "rows": [asdict(row) for row in rows],
        }
    return stored


def to_markdown(stored: Mapping[str, Any]) -> str:
    """The page: one table for each section."""
    parts = [_HEAD]
    for section in SECTIONS:
        if section.name not in stored:
            continue
        result = mapping(stored[section.name])
        parts.append(
            f"\n## {section.title}\n\n{result['measured']}, commit {result['commit']}, {result['machine']}, "
            f"load {result['load']}; `archkit bench {section.name}`\n\n"
            "| what | must reach | measured | least - greatest | n | reached | note |\n|---|---|---|---|---|---|---|\n"
            + "".join(_line(mapping(row)) for row in items(result["rows"]))
        )
    return "".join(parts)


def _line(row: Mapping[str, Any]) -> str:
    cells = (
        text(row["what"]),
        text(row["target"]),
        text(row["measured"]),
        text(row["spread"]),
        text(row["n"]),
        _MARKS[row["met"]],
        text(row["note"]),
    )
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def _commit(folder: Path) -> str:
    done = subprocess.run(
        ("git", "-C", os.fspath(folder), "rev-parse", "--short", "HEAD"), capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"
