"""The Docker Engine and its swarm as they may be found, and what is refused to be mended."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archkit.engine.process import ProcessError
from archkit.engine.progress import ConsoleProgress
from archkit.errors import UserError
from archkit.machine import NoDockerError, State, base_image, daemon, docker, packages, swarm


@pytest.fixture(autouse=True)
def socket_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test here meets the machine's own daemon."""
    place = tmp_path / "docker.sock"
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place}")
    monkeypatch.setenv("ARCHKIT_CACHE", str(tmp_path / "cache"))
    return place


def answering(monkeypatch: pytest.MonkeyPatch, **said: Any) -> None:
    @contextmanager
    def client(**_: Any) -> Generator[Any]:
        yield SimpleNamespace(
            version=lambda: said["version"], info=lambda: {"Swarm": said["swarm"]}, swarm=said.get("swarm_api")
        )

    monkeypatch.setattr(docker, "client", client)


def test_without_a_socket_there_is_no_daemon(socket_file: Path):
    finding = docker.check()
    assert finding.is_missing
    assert finding.detail == f"no daemon at {socket_file}"


def test_a_socket_that_nobody_serves_any_more_is_told_as_such(socket_file: Path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(socket_file))
    assert "connection refused" in docker.check().detail


def test_a_daemon_elsewhere_is_neither_installed_nor_started(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    with pytest.raises(NoDockerError, match="start it there, or unset DOCKER_HOST"):
        daemon.fix(ConsoleProgress())


@pytest.mark.parametrize(
    ("version", "api", "state"),
    [("20.10.24+dfsg1", "1.41", State.WARNING), ("19.03.1", "1.40", State.MISSING), ("29.0.2", "1.52", State.OK)],
)
def test_an_old_engine_warns_and_a_too_old_one_stops(
    socket_file: Path, monkeypatch: pytest.MonkeyPatch, version: str, api: str, state: State
):
    socket_file.touch()
    answering(monkeypatch, version={"Version": version, "ApiVersion": api}, swarm={})
    assert docker.check().state is state


def test_who_may_not_install_docker_gets_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(daemon.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(packages, "can_install", lambda: False)
    with pytest.raises(NoDockerError, match=r"sudo apt-get install docker\.io iptables debootstrap"):
        daemon.fix(ConsoleProgress())


def test_a_distribution_that_cannot_install_docker_ends_with_apts_reason(monkeypatch: pytest.MonkeyPatch):
    def install(names: list[str], progress: object) -> None:
        raise ProcessError("apt-get ended with exit code 100\nE: Unable to locate package docker.io")

    monkeypatch.setattr(daemon.shutil, "which", lambda _: None)
    monkeypatch.setattr(packages, "can_install", lambda: True)
    monkeypatch.setattr(packages, "exists", lambda _: False)
    monkeypatch.setattr(packages, "install", install)
    with pytest.raises(NoDockerError, match="Unable to locate package"):
        daemon.fix(ConsoleProgress())


def test_only_root_starts_the_daemon(socket_file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(daemon.os, "geteuid", lambda: 1000)
    with pytest.raises(NoDockerError, match="only root may start it"):
        daemon.start(socket_file, ConsoleProgress())


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"LocalNodeState": "active", "ControlAvailable": False}, "the node is a worker"),
        ({"LocalNodeState": "locked"}, "the swarm is locked"),
        ({"LocalNodeState": "pending"}, "the node waits for its manager"),
        ({"LocalNodeState": "error", "Error": "no quorum"}, "error: no quorum"),
    ],
)
def test_a_swarm_that_is_there_is_never_touched(monkeypatch: pytest.MonkeyPatch, found: dict[str, Any], said: str):
    answering(monkeypatch, version={}, swarm=found)  # no swarm API: a call to init or leave would fail the test
    assert swarm.check().detail == said
    with pytest.raises(UserError, match=said):
        swarm.fix(ConsoleProgress())


def test_a_node_in_no_swarm_gets_one_that_advertises_the_default_routes_address(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    api = SimpleNamespace(init=lambda **how: asked.append(how["advertise_addr"]))
    answering(monkeypatch, version={}, swarm={"LocalNodeState": "inactive"}, swarm_api=api)
    monkeypatch.setattr(swarm, "advertise_address", lambda: "192.0.2.7")
    assert swarm.check().is_missing
    swarm.fix(ConsoleProgress())
    assert asked == ["192.0.2.7"]


def test_a_base_image_of_ones_own_that_cannot_be_pulled_is_not_replaced(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BASE_IMAGE", "registry.example/base:1")
    with pytest.raises(UserError, match=r"BASE_IMAGE=registry\.example/base:1 cannot be pulled"):
        base_image.fix(ConsoleProgress())


def test_who_is_not_root_and_reaches_no_registry_is_told_both_reasons(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("BASE_IMAGE", raising=False)
    monkeypatch.setattr(base_image.os, "geteuid", lambda: 1000)
    with pytest.raises(UserError) as refused:
        base_image.fix(ConsoleProgress())
    assert "debootstrap: only root can make one" in str(refused.value)
    assert "registry (debian:trixie-slim): " in str(refused.value)
    assert f"tag it {base_image.TAG}" in str(refused.value), "and what they can do themselves"
