"""What is seen of the machine without a daemon, and at which limits it turns from fine to a warning to missing."""

import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from archkit.engine.process import ProcessError
from archkit.engine.progress import ConsoleProgress
from archkit.machine import State, local

GIB = 1 << 30


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10, 14), State.MISSING), ((3, 11, 0), State.OK), ((3, 14, 1), State.OK)]
)
def test_python_3_11_is_the_oldest_that_works(version: tuple[int, ...], state: State):
    assert local.check_python(version).state is state


@pytest.mark.parametrize(
    ("free", "state"), [(2.9, State.MISSING), (3, State.WARNING), (9.9, State.WARNING), (10, State.OK)]
)
def test_too_little_disk_stops_and_little_disk_warns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: float, state: State
):
    monkeypatch.setattr(local.shutil, "disk_usage", lambda _: SimpleNamespace(free=int(free * GIB)))
    finding = local.check_disk(tmp_path)
    assert finding.state is state
    assert bool(finding.remedy) == (state is not State.OK), "whatever is wrong comes with a way out"


def test_the_disk_of_a_cache_that_is_not_made_yet_is_that_of_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ARCHKIT_CACHE", str(tmp_path / "not" / "yet"))
    assert str(tmp_path) in local.check_disk().detail


@pytest.mark.parametrize(("available", "state"), [(0.9, State.MISSING), (1, State.WARNING), (3, State.OK)])
def test_too_little_memory_stops_and_little_memory_warns(available: float, state: State):
    assert local.check_memory(int(available * GIB)).state is state


def test_a_taken_port_is_missing_and_its_holder_is_named(listener: int):
    finding = local.check_port(listener, address="127.0.0.1")
    assert finding.is_missing
    assert "pid" in finding.detail
    assert "another port" in finding.remedy


def test_a_free_port_is_fine(listener: int):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert local.check_port(free, address="127.0.0.1").state is State.OK


def test_graphviz_is_optional(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(local.shutil, "which", lambda _: None)
    assert local.check_graphviz().state is State.WARNING


def test_graphviz_that_cannot_be_installed_stays_a_warning(monkeypatch: pytest.MonkeyPatch):
    def install(names: list[str], _: object) -> None:
        asked.extend(names)
        raise ProcessError("no mirror answers")

    asked: list[str] = []
    monkeypatch.setattr(local.packages, "install", install)
    monkeypatch.setattr(local.packages, "can_install", lambda: False)
    local.fix_graphviz(ConsoleProgress())
    assert asked == [], "only root may install"
    monkeypatch.setattr(local.packages, "can_install", lambda: True)
    local.fix_graphviz(ConsoleProgress())
    assert asked == ["graphviz", "fonts-liberation"]
