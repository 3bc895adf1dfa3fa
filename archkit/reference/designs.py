"""The README's table of designs: what each is and what it promises, from the code that the drills hold to it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from typing import Any

from archkit.drills.report.wording import objective_value
from archkit.plain import mapping
from archkit.recorder import record
from archkit.stack.project import read_config
from components.objectives import Objectives
from stacks.program import DESIGNS, program

BEGIN, END = "<!-- designs -->\n", "<!-- /designs -->\n"
_WORDS = {
    "availability": "{} available",
    "error_rate": "at most {} of requests fail in a failure",
    "latency_p99_milliseconds": "99 of 100 answered within {}",
    "recovery_time_seconds": "recovery within {}",
    "recovery_point_seconds": "at most {} of acknowledged writes lost",
}


def to_markdown(shipped: Mapping[str, Any]) -> str:
    """The table.

    Args:
        shipped: The files of `stacks/config` by stack, as `Project.shipped` gives them.

    """
    rows = ["| design | what it is | objectives |", "|---|---|---|"]
    for name, design in DESIGNS.items():
        what = (inspect.getdoc(sys.modules[design.declare.__module__]) or "").splitlines()[0]
        graph = record(program(read_config(shipped[f"{name}-local"])), stack=f"{name}-local")
        promises = [told(mapping(graph.outputs.get("objectives")))]
        promises += [
            f"when `{one.name}` fails: {told(mapping(one.outputs['objectives']))}"
            for one in graph.resources
            if not one.custom and one.outputs.get("objectives")
        ]
        rows.append(f"| [`{name}`](stacks/{name}.py) | {what} | {'<br>'.join(promises)} |")
    return "\n".join(rows) + "\n"


def told(objectives: Mapping[str, Any]) -> str:
    """Objectives in words: `99.9 % available, recovery within 30 s`."""
    declared = Objectives(**objectives).document()
    return ", ".join(_WORDS[name].format(objective_value(name, value)) for name, value in declared.items())


def put_into(page: str, table: str) -> str:
    """A page with the table between its two marks.

    Raises:
        ValueError: The marks are not there, each once.

    """
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        message = f"README.md: must hold {BEGIN.strip()} and {END.strip()} once each; the table goes between them"
        raise ValueError(message)
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + table + END + rest.partition(END)[2]
