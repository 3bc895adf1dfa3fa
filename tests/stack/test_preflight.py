"""What would fail half-way is refused before anything is touched."""

import socket
from typing import Any

import pytest

from archkit.errors import UserError
from archkit.stack import preflight
from archkit.stack.docker import client

CONFIG = {"archkit:design": "web", "archkit:target": "local"}


class Daemon:
    """Answers as a Docker daemon does."""

    def __init__(self, *services: dict[str, Any], manager: bool = True, memory: int = 2**40) -> None:
        self._services = services
        self._memory = memory
        self._manager = manager

    @property
    def services(self) -> "Daemon":
        return self

    def list(self) -> list[Any]:
        return [type("Service", (), {"attrs": {"Spec": spec}})() for spec in self._services]

    def info(self) -> dict[str, Any]:
        return {
            "MemTotal": self._memory,
            "Swarm": {"ControlAvailable": self._manager, "LocalNodeState": "active" if self._manager else "inactive"},
        }


def publishing(port: int, name: str, stack: str | None) -> dict[str, Any]:
    labels = {"archkit.stack": stack} if stack else {}
    return {"Name": name, "Labels": labels, "EndpointSpec": {"Ports": [{"PublishedPort": port}]}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


def settings(port: int) -> dict[str, Any]:
    return {**CONFIG, "archkit:local": {"port": port, "edge_ports": [free_port(), free_port()]}}


def refused(monkeypatch: pytest.MonkeyPatch, daemon: Daemon, port: int) -> tuple[str, ...]:
    monkeypatch.setattr(preflight, "client", lambda _: daemon)
    with pytest.raises(UserError) as error:
        preflight.check("web-local", settings(port))
    return error.value.problems


def test_a_port_of_another_stack_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    daemon = Daemon(publishing(port, "shop-local-edge", "shop-local"))
    assert refused(monkeypatch, daemon, port) == (
        f"local/port: {port} must be free, got stack 'shop-local' there already; "
        f"choose another: `archkit init web-local --set local.port={port + 1}`",
    )


def test_a_port_of_a_foreign_service_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    assert "Docker service 'registry'" in refused(monkeypatch, Daemon(publishing(port, "registry", None)), port)[0]


def test_a_port_that_a_program_listens_on_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        problems = refused(monkeypatch, Daemon(), other.getsockname()[1])
    assert "another program on this machine" in problems[0]


def test_the_stacks_own_port_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        own.listen()
        port = own.getsockname()[1]
        monkeypatch.setattr(preflight, "client", lambda _: Daemon(publishing(port, "web-local-edge", "web-local")))
        preflight.check("web-local", settings(port))


def test_the_ports_of_the_edge_are_tried_too_and_all_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = [free_port() for _ in range(3)]
    daemon = Daemon(*(publishing(port, "shop-local-x", "shop-local") for port in ports))
    monkeypatch.setattr(preflight, "client", lambda _: daemon)
    with pytest.raises(UserError) as error:
        preflight.check("web-local", {**CONFIG, "archkit:local": {"port": ports[0], "edge_ports": ports[1:]}})

    assert [problem.partition(":")[0] for problem in error.value.problems] == [
        "local/port",
        "local/edge_ports[0]",
        "local/edge_ports[1]",
    ]
    assert f"--set local.edge_ports[1]={ports[2] + 1}`" in error.value.problems[2]


def test_ports_of_an_edge_that_the_design_does_not_have_are_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings(free_port())
    daemon = Daemon(publishing(config["archkit:local"]["edge_ports"][0], "shop-local-cdn-a", "shop-local"))
    monkeypatch.setattr(preflight, "client", lambda _: daemon)

    preflight.check("web-local", {**config, "archkit:web": {"cdn": None}})


def test_a_node_that_is_no_manager_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, Daemon(manager=False), free_port()) == (
        "docker: this node must be a swarm manager, got 'inactive'; services, secrets and overlay networks are the "
        "swarm's; run `archkit doctor --fix`",
    )


def test_problems_of_the_configuration_and_of_the_machine_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "client", lambda _: Daemon(manager=False))
    config = {**CONFIG, "archkit:local": {"prot": 8080}, "archkit:web": {"service": {"capacity": {"minimum": 0}}}}
    with pytest.raises(UserError) as error:
        preflight.check("web-local", config)

    told = "\n".join(error.value.problems)
    assert "did you mean" in told
    assert "swarm manager" in told
    assert len(error.value.problems) >= 2


def test_a_daemon_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match=r"docker: the daemon must answer at unix:///nowhere.sock, got no answer"):
        client({"docker:host": "unix:///nowhere.sock"})


def test_a_maximum_that_the_host_cannot_hold_is_said_before_anything_is_touched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert refused(monkeypatch, Daemon(memory=1300 * 2**20), free_port()) == (
        "service/web/capacity/maximum: must fit into the 1300 MiB of this machine, got 6 replicas of 256 MiB each; "
        "at most 5 do, and what is beyond would be killed under load, not started",
    )
    monkeypatch.setattr(preflight, "client", lambda _: Daemon(memory=1536 * 2**20))
    preflight.check("web-local", settings(free_port()))
