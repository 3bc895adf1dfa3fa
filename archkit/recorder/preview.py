"""Compares what a program registers in a preview with what it registers in a deployment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archkit.recorder.run import record


def assert_same_structure_in_preview(program: Callable[[], object], **arguments: Any) -> None:
    """Fails where what is made depends on an output: a preview, and so every picture, would not show it.

    Args:
        program: As for `record`.
        **arguments: As for `record`.

    Raises:
        AssertionError: Names the resources that only one of the two has.

    """
    deployed = record(program, **arguments)
    previewed = record(program, **arguments, preview=True)
    made, shown = ({one.urn for one in graph.resources} for graph in (deployed, previewed))
    problems = [
        f"{urn}: made in a deployment, missing in its preview ({deployed.place(urn)}); make no resource inside `apply`"
        for urn in sorted(made - shown)
    ] + [
        f"{urn}: shown in a preview, never made ({previewed.place(urn)}); do not ask `is_dry_run`"
        for urn in sorted(shown - made)
    ]
    if problems:
        raise AssertionError("\n".join(problems))
