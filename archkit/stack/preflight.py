"""What must hold before anything is touched; all problems are told at once."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

import docker

from archkit.errors import UserError
from archkit.labels import STACK
from archkit.plain import items, mapping
from archkit.stack.docker import client
from stacks.program import program


def check(name: str, config: Mapping[str, Any]) -> None:
    """Refuses what would fail half-way: configuration, Docker, swarm, port.

    Raises:
        InvalidArgsError: The configuration is refused.
        UserError: The machine is not as the stack needs it.

    """
    program(config)
    if config.get("archkit:target") != "local":
        return
    daemon = client(config)
    port = int(mapping(config.get("archkit:local")).get("port", 8080))
    here = not config.get("docker:host")  # a port of another daemon's host cannot be tried from here
    problem = _swarm(daemon) or _port(daemon, name, port, here=here)
    if problem:
        raise UserError(problem)


def _swarm(daemon: docker.DockerClient) -> str | None:
    state = mapping(mapping(daemon.info()).get("Swarm"))
    if state.get("ControlAvailable"):
        return None
    return (
        f"docker: this node must be a swarm manager, got {state.get('LocalNodeState', 'unknown')!r}; "
        "services, secrets and overlay networks are the swarm's; run `archkit doctor --fix`"
    )


def _port(daemon: docker.DockerClient, name: str, port: int, *, here: bool) -> str | None:
    """A port that is taken by somebody else: the provider would only say that a service did not converge."""
    for service in daemon.services.list():
        spec = mapping(mapping(service.attrs)["Spec"])
        published = {one.get("PublishedPort") for one in items(mapping(spec.get("EndpointSpec")).get("Ports"))}
        if port in published:
            owner = mapping(spec.get("Labels")).get(STACK)
            if owner == name:
                return None
            whose = f"stack {owner!r}" if owner else f"Docker service {spec.get('Name')!r}"
            return _taken(name, port, whose)
    if here and _listening(port):
        return _taken(name, port, "another program on this machine")
    return None


def _taken(name: str, port: int, whose: str) -> str:
    return (
        f"local/port: {port} must be free, got {whose} there already; "
        f"choose another: `archkit init {name} --set local.port={port + 1}`"
    )


def _listening(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 - asks whether all addresses are free, and lets go at once
        except OSError:
            return True
    return False
