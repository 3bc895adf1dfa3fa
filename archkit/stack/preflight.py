"""What must hold before anything is touched; all problems are told at once."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Any

import docker

from archkit.errors import UserError
from archkit.graph import Graph
from archkit.labels import STACK
from archkit.plain import items, mapping
from archkit.recorder import record
from archkit.stack.docker import client
from archkit.stack.room import room_problems
from components.errors import InvalidArgsError
from components.settings import LocalSettings
from stacks.program import program


def check(name: str, config: Mapping[str, Any]) -> Graph | None:
    """Refuses what would fail half-way: configuration, Docker, swarm, port, memory.

    Returns:
        What a local stack is going to be, recorded for the sake of its ports; None elsewhere.

    Raises:
        UserError: The configuration is refused, or the machine is not as the stack needs it.

    """
    design, problems = _design(config)
    graph: Graph | None = None
    if config.get("archkit:target") == "local":
        graph = record(design, stack=name) if design else None
        problems += _machine(name, config, graph)
    if problems:
        raise UserError.of(problems)
    return graph


def _design(config: Mapping[str, Any]) -> tuple[Callable[[], None] | None, list[str]]:
    try:
        return program(config), []
    except InvalidArgsError as error:
        return None, list(error.problems)


def _machine(name: str, config: Mapping[str, Any], graph: Graph | None) -> list[str]:
    """Each problem with the daemon; which ports are taken cannot be told of a design that is refused."""
    try:
        daemon = client(config)
    except UserError as error:
        return list(error.problems)
    if refused := _swarm(daemon):
        return [refused]
    if graph is None:
        return []
    here = not config.get("docker:host")  # a port of another daemon's host cannot be tried from here
    wanted = published(graph, mapping(config.get("archkit:local")))
    taken = [_port(daemon, name, setting, port, here=here) for setting, port in wanted.items()]
    return [*(problem for problem in taken if problem), *room_problems(graph, daemon, config)]


def published(graph: Graph, local: Mapping[str, Any]) -> dict[str, int]:
    """The ports of this machine that a stack takes, by the setting that decides each: `port`, `edge_ports[0]`."""
    found = {
        int(port["publishedPort"])
        for service in graph.of_type("docker:index/service:Service")
        for port in items(mapping(service.inputs.get("endpointSpec")).get("ports"))
    }
    edges = local.get("edge_ports", LocalSettings().edge_ports)
    settings = {"port": local.get("port", LocalSettings().port)}
    settings.update({f"edge_ports[{number}]": port for number, port in enumerate(edges)})
    return {setting: int(port) for setting, port in settings.items() if int(port) in found}


def _swarm(daemon: docker.DockerClient) -> str | None:
    state = mapping(mapping(daemon.info()).get("Swarm"))
    if state.get("ControlAvailable"):
        return None
    return (
        f"docker: this node must be a swarm manager, got {state.get('LocalNodeState', 'unknown')!r}; "
        "services, secrets and overlay networks are the swarm's; run `archkit doctor --fix`"
    )


def _port(daemon: docker.DockerClient, name: str, setting: str, port: int, *, here: bool) -> str | None:
    """A port that is taken by somebody else: the provider would only say that a service did not converge."""
    for service in daemon.services.list():
        spec = mapping(mapping(service.attrs)["Spec"])
        published = {one.get("PublishedPort") for one in items(mapping(spec.get("EndpointSpec")).get("Ports"))}
        if port in published:
            owner = mapping(spec.get("Labels")).get(STACK)
            if owner == name:
                return None
            whose = f"stack {owner!r}" if owner else f"Docker service {spec.get('Name')!r}"
            return _taken(name, setting, port, whose)
    if here and _listening(port):
        return _taken(name, setting, port, "another program on this machine")
    return None


def _taken(name: str, setting: str, port: int, whose: str) -> str:
    return (
        f"local/{setting}: {port} must be free, got {whose} there already; "
        f"choose another: `archkit init {name} --set local.{setting}={port + 1}`"
    )


def _listening(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 - asks whether all addresses are free, and lets go at once
        except OSError:
            return True
    return False
