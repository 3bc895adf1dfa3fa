"""What runs where: the tasks of a stack's services, as the swarm sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from archkit.labels import COMPONENT, ROLE, ZONE
from archkit.plain import items, mapping, text
from archkit.stack.docker import services


@dataclass(frozen=True, kw_only=True)
class Task:
    """One replica that should run.

    Args:
        component: The design's name: `web`.
        role: `replica`, `load-balancer`.
        slot: Its number, or its node's name for one-per-node services.
        zone: The node's label `archkit.zone`, else the node's name.
        state: The swarm's word: `running`, `starting`, `failed`.
        health: `healthy`, `starting`, `unhealthy`; `unknown` on a node that does not answer here.
        image: The version that it runs.
        since: When it reached that state.
        problem: The swarm's reason, where something is wrong.
        container: Id of its container; empty while there is none.

    """

    component: str
    role: str
    slot: str
    zone: str
    state: str
    health: str
    image: str
    since: datetime
    problem: str
    container: str

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "since": self.since.isoformat()}


def tasks(daemons: Sequence[docker.DockerClient], stack: str) -> list[Task]:
    """The tasks that a stack should be running, by component and slot.

    Args:
        daemons: Each knows the health of its own containers; the first is asked for the rest.
        stack: Its name.

    """
    client = daemons[0]
    zones: dict[str, str] = {}
    for node in client.nodes.list():
        attributes = mapping(node.attrs)
        labels = mapping(attributes["Spec"].get("Labels"))
        zones[str(attributes["ID"])] = str(labels.get(ZONE) or attributes["Description"]["Hostname"])
    found: list[Task] = []
    for service in services(client, stack):
        labels = mapping(service.attrs["Spec"].get("Labels"))
        wanted = items(service.tasks(filters={"desired-state": "running"}))
        found += [_task(daemons, labels, task, zones) for task in wanted]
    return sorted(found, key=lambda one: (one.component, one.slot.zfill(6), one.since))


def _task(
    daemons: Sequence[docker.DockerClient],
    labels: Mapping[str, str],
    task: Mapping[str, Any],
    zones: Mapping[str, str],
) -> Task:
    status = mapping(task["Status"])
    container = text(mapping(status.get("ContainerStatus")).get("ContainerID"))
    node = str(task.get("NodeID") or "")
    return Task(
        component=labels.get(COMPONENT, ""),
        role=labels.get(ROLE, ""),
        slot=str(task.get("Slot") or zones.get(node, node)),
        zone=zones.get(node, "unassigned"),
        state=status["State"],
        health=_health(daemons, container),
        image=task["Spec"]["ContainerSpec"]["Image"],
        since=_time(status["Timestamp"]),
        problem=status.get("Err") or "",
        container=container,
    )


def _health(daemons: Sequence[docker.DockerClient], container: str) -> str:
    for daemon in daemons if container else ():
        try:
            state = mapping(mapping(daemon.api.inspect_container(container))["State"])
        except (DockerException, RequestException):
            continue
        if state.get("Paused"):
            return "frozen"
        return text(mapping(state.get("Health")).get("Status")) or "unchecked"
    return "unknown"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
