"""Models of the test programs, recorded once for all tests."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from topology.derive import derive
from topology.model import Model
from typer.testing import CliRunner

from archkit.cli import diagram
from archkit.errors import UserError
from archkit.graph import Graph
from archkit.recorder import record

PROGRAMS = Path(__file__).parent / "programs"
NAMES = tuple(sorted(path.stem for path in PROGRAMS.glob("*.py")))
KIT = Path(__file__).parent / "kit"  # programs of the kit's own components, which change with them
DRAWN = (*NAMES, *sorted(path.stem for path in KIT.glob("*.py")))


@cache
def recorded(name: str) -> Graph:
    """The graph of one test program."""
    folder = PROGRAMS if name in NAMES else KIT
    program: dict[str, Any] = runpy.run_path(str(folder / f"{name}.py"))
    return record(program["program"], stack=name.replace("_", "-"), resources=program.get("OUTPUTS", {}))


@cache
def derived(name: str) -> Model:
    return derive(recorded(name))


@pytest.fixture
def graph_of() -> Callable[[str], Graph]:
    return recorded


@pytest.fixture
def model_of() -> Callable[[str], Model]:
    return derived


@pytest.fixture
def run() -> Callable[..., tuple[int, str]]:
    """`archkit diagram` with the given arguments: exit code, and what a person reads."""
    app = typer.Typer()
    diagram.register(app)

    def command(*arguments: str | Path) -> tuple[int, str]:
        done = CliRunner().invoke(app, [str(one) for one in arguments])
        if isinstance(done.exception, UserError):
            return int(done.exception.exit_code), str(done.exception)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return done.exit_code, done.output

    return command


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A saved graph of a program that is not of the kit."""
    path = tmp_path / "graph.json"
    path.write_text(recorded("three_tier").to_json())
    return path


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "program" in metafunc.fixturenames:
        metafunc.parametrize("program", NAMES)
    if "drawn" in metafunc.fixturenames:
        metafunc.parametrize("drawn", DRAWN)
