"""Graphs to draw, with the model that each means."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from topology.derive import derive
from topology.kinds import Change
from topology.model import Model
from topology.readers import Reading, read_file

from archkit.errors import UserError
from archkit.graph import Graph
from archkit.recorder import record
from archkit.recorder.stacks import record_stack
from archkit.stack.project import Project, read_config
from components.errors import InvalidArgsError
from stacks.program import program


@dataclass(frozen=True, kw_only=True)
class Source:
    """One thing to draw. Args: `ships` is true for a design with the configuration that comes with the project."""

    name: str
    graph: Graph
    changes: Mapping[str, Change] = field(default_factory=dict[str, Change])
    ships: bool = False

    @cached_property
    def model(self) -> Model:
        return derive(self.graph, changes=self.changes)

    @classmethod
    def of(cls, reading: Reading) -> Source:
        # It becomes a folder's name: a stack that is called `../..` stays in its folder.
        name = re.sub(r"[^\w.-]+", "-", reading.graph.stack).strip(".-") or "graph"
        return cls(name=name, graph=reading.graph, changes=reading.changes)


def shipped(project: Project) -> list[str]:
    """Names of the designs that ship, sorted."""
    return sorted(project.shipped)


def from_stack(project: Project, stack: str) -> Source:
    """Runs a design under mocks; one that ships, with the configuration that ships.

    Raises:
        UserError: There is no such stack, or its program raises: the program's own error, and its line.

    """
    path = project.shipped.get(stack)
    try:
        if path is None:
            return Source(name=stack, graph=record_stack(stack, start=project.root))
        values = read_config(path)
        graph = record(program(values), stack=stack, config=values, root=project.root)
    except (UserError, InvalidArgsError):
        raise
    except Exception as error:
        raise UserError(_said(error, project.root, stack)) from error
    return Source(name=stack, graph=graph, ships=True)


def from_file(path: Path) -> Source:
    """Reads a saved graph, a preview or an exported stack."""
    return Source.of(read_file(path))


def _said(error: BaseException, root: Path, stack: str) -> str:
    """The innermost line of the project that the error came through."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if _inside(one.filename, root)]
    place = f"{Path(frames[-1].filename).relative_to(root)}:{frames[-1].lineno}" if frames else stack
    return f"{place}: {type(error).__name__}: {error}; the program itself raised it, and no picture was changed"


def _inside(name: str, root: Path) -> bool:
    path = Path(name)
    return path.is_relative_to(root) and not path.is_relative_to(root / ".venv") and "recorder" not in path.parts
