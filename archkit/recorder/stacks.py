"""Records a design on a target by the name of its stack."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archkit.graph import SECRET, Graph
from archkit.recorder.run import record
from archkit.stack.project import find_project
from stacks.program import program


def record_stack(stack: str, config: Mapping[str, Any] | None = None, *, start: Path | None = None) -> Graph:
    """The graph of `<design>-<target>`, with the stack's own configuration, or the one that ships.

    Args:
        stack: `web-local`, `web-aws`.
        config: Laid over that configuration, key by key: `{"archkit:profile": "dev"}`.
        start: Where to look for the project; the working directory by default.

    Raises:
        UserError: There is no such stack.
        InvalidArgsError: Every problem with the configuration.
        RecordingError: As for `record`.

    """
    project = find_project(start)
    values = {key: _opened(value) for key, value in {**project.config(stack), **(config or {})}.items()}
    return record(program(values), stack=stack, config=values, root=project.root)


def _opened(value: Any) -> Any:
    """What recording sees of an encrypted value: that there is one. It needs no passphrase."""
    if isinstance(value, Mapping):
        if set(value) == {"secure"}:  # pyright: ignore[reportUnknownArgumentType]
            return SECRET
        return {key: _opened(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_opened(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value
