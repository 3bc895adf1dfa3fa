"""Whether a machine holds what a stack may grow to: said before, not by replicas that are killed under load."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import docker

from archkit.graph import Graph
from archkit.labels import COMPONENT
from archkit.plain import items, mapping, text
from archkit.stack.lab import is_on_lab
from components.controller.agent.swarm import SCALING

MEBIBYTE = 2**20


def room_problems(graph: Graph, daemon: docker.DockerClient, config: Mapping[str, Any]) -> Iterator[str]:
    """A problem for each service whose most replicas, each with the memory that it may use, do not fit."""
    there = _memory(daemon, config)
    for name, (maximum, bytes_each) in _scaled(graph).items():
        if there and maximum * bytes_each > there:
            yield (
                f"service/{name}/capacity/maximum: must fit into the {there // MEBIBYTE} MiB of this machine, got "
                f"{maximum} replicas of {bytes_each // MEBIBYTE} MiB each; at most {there // bytes_each} do, and what "
                "is beyond would be killed under load, not started"
            )


def _scaled(graph: Graph) -> dict[str, tuple[int, int]]:
    """By component, the most replicas and the memory that each may use, of services that are scaled."""
    found: dict[str, tuple[int, int]] = {}
    for service in graph.of_type("docker:index/service:Service"):
        given = [mapping(one) for one in items(service.inputs.get("labels"))]
        labels = {text(one["label"]): text(one["value"]) for one in given}
        limits = mapping(mapping(mapping(service.inputs.get("taskSpec")).get("resources")).get("limits"))
        if SCALING in labels and limits.get("memoryBytes"):
            maximum = int(mapping(json.loads(labels[SCALING]))["maximum"])
            found[labels[COMPONENT]] = (maximum, int(limits["memoryBytes"]))
    return found


def _memory(daemon: docker.DockerClient, config: Mapping[str, Any]) -> int:
    """Bytes of all nodes together; the lab's zones are one machine. 0 where the daemon does not say."""
    if not is_on_lab(dict(config)):
        nodes = mapping(mapping(daemon.info()).get("Swarm")).get("Nodes")
        return int(mapping(daemon.info()).get("MemTotal", 0)) * int(nodes or 1)
    return int(mapping(daemon.info()).get("MemTotal", 0))
