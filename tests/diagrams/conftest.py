"""Models of the test programs, recorded once for all tests."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from topology.derive import derive
from topology.model import Model

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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "program" in metafunc.fixturenames:
        metafunc.parametrize("program", NAMES)
    if "drawn" in metafunc.fixturenames:
        metafunc.parametrize("drawn", DRAWN)
