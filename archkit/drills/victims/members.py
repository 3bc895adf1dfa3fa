"""What runs of a stack, as the daemons' labels say it: the people a drill may choose its victims from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docker.errors import APIError, DockerException
from requests.exceptions import RequestException

from archkit.drills.faults.host import Host
from archkit.graph import Graph
from archkit.plain import mapping, text

STACK, COMPONENT, ROLE, ZONE = "archkit.stack", "archkit.component", "archkit.role", "archkit.zone"
# What the daemon's list of containers says in brackets, as `docker inspect` has it.
_HEALTH = {"healthy": "healthy", "unhealthy": "unhealthy", "health: starting": "starting"}
_TASK_ID = "com.docker.swarm.task.id"
_SERVICE, _TASK, _NODE = "com.docker.swarm.service.name", "com.docker.swarm.task.name", "com.docker.swarm.node.id"


@dataclass(frozen=True, kw_only=True)
class Member:
    """One running container of a stack.

    Args:
        host: The daemon that runs it.
        container: Its id.
        name: What people call it: `web-local-web.2`.
        component: The design's name.
        role: `replica`, `load-balancer`, ...
        service: Its Swarm service; empty for a plain container.
        zone: Where it stands; empty where there are no zones.
        healthy: What its health check says; None where it has none or has not answered yet.
        checked: Whether it has a health check.
        image: What it runs.
        volumes: The named volumes it uses.
        addresses: Its IPv4 addresses.
        task: The id of its Swarm task; empty for a plain container.

    """

    host: Host
    container: str
    name: str
    component: str
    role: str = ""
    service: str = ""
    zone: str = ""
    healthy: bool | None = None
    checked: bool = True
    image: str = ""
    volumes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    task: str = ""

    @property
    def serves(self) -> bool:
        """Whether clients may count on it: not known to be unhealthy."""
        return self.healthy is not False

    @property
    def well(self) -> bool:
        """Whether nothing better can be known of it: it passed its health check, or has none."""
        return self.healthy is True or not self.checked


@dataclass(frozen=True, kw_only=True)
class Population:
    """All that runs of a stack, and all that should.

    Args:
        stack: Its name.
        members: What runs, by name.
        components: The names in the design's graph and in the labels, with their roles.
        zones: The zones there are.
        silent: Hosts that did not answer, with the reason.

    """

    stack: str
    members: tuple[Member, ...]
    components: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    zones: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


def populate(stack: str, hosts: Sequence[Host], graph: Graph | None = None) -> Population:
    """Who runs, asked of every daemon; one that does not answer is named, and the others are asked on.

    Args:
        stack: Its name.
        hosts: One in `dev`, one for each zone in the lab.
        graph: The design's, for the names of what does not run just now.

    """
    members: list[Member] = []
    silent: list[str] = []
    zones = {host.zone for host in hosts if host.zone}
    labels: dict[str, str] = {}
    for host in hosts:
        try:
            labels |= _node_zones(host)
        except (DockerException, RequestException, OSError):
            continue
    for host in hosts:
        try:
            members += _members(stack, host, labels)
        except (DockerException, RequestException, OSError) as error:
            silent.append(f"{host.name}: {type(error).__name__}")
    known: dict[str, set[str]] = {name: set(roles) for name, roles in (components_of(graph) if graph else {}).items()}
    for one in members:
        known.setdefault(one.component, set()).add(one.role)
    return Population(
        stack=stack,
        members=tuple(sorted(members, key=lambda one: (one.name, one.container))),
        components={name: frozenset(roles - {""}) for name, roles in sorted(known.items())},
        zones=tuple(sorted(zones | set(labels.values()))),
        silent=tuple(silent),
    )


def components_of(graph: Graph) -> dict[str, frozenset[str]]:
    """The components of a design and their roles, from the labels of its Docker services."""
    found: dict[str, set[str]] = {}
    for resource in graph.of_type("docker:index/service:Service"):
        given: Iterable[Mapping[str, Any]] = resource.inputs.get("labels") or []
        labels = {str(one.get("label")): str(one.get("value")) for one in given}
        if name := labels.get(COMPONENT):
            found.setdefault(name, set()).add(labels.get(ROLE, ""))
    return {name: frozenset(roles - {""}) for name, roles in found.items()}


def _members(stack: str, host: Host, zones: Mapping[str, str]) -> list[Member]:
    """By one question: expectations ask ten times a second, and a question for each container took half a core."""
    listed: list[Mapping[str, Any]] = host.api.containers(filters={"label": f"{STACK}={stack}"})
    found = (_member(host, one, zones) for one in listed)
    return [one for one in found if one is not None]


def _member(host: Host, found: Mapping[str, Any], zones: Mapping[str, str]) -> Member | None:
    """A container of the daemon's list; None where it is gone meanwhile."""
    labels: Mapping[str, str] = found["Labels"] or {}
    networks: Mapping[str, Mapping[str, str]] = found["NetworkSettings"]["Networks"] or {}
    image, health = str(found["Image"]), _HEALTH.get(_last_words(str(found["Status"])), "")
    # The list says nothing of the health of who is paused, and of the name of an image that has it no longer.
    if found["State"] != "running" or "/" not in image:
        whole = host.container(str(found["Id"]))
        if whole is None or not whole["State"]["Running"]:
            return None
        image = str(whole["Config"]["Image"])
        health = text(mapping(whole["State"].get("Health")).get("Status"))
    # A Swarm task's name ends with its id, which nobody can remember: web-local-web.2.k3v...
    task = labels.get(_TASK, "")
    return Member(
        host=host,
        container=str(found["Id"]),
        name=".".join(task.split(".")[:2]) if task else str(found["Names"][0]).lstrip("/"),
        component=labels.get(COMPONENT, ""),
        role=labels.get(ROLE, ""),
        service=labels.get(_SERVICE, ""),
        zone=host.zone or zones.get(labels.get(_NODE, ""), ""),
        healthy={"healthy": True, "unhealthy": False}.get(health),
        checked=bool(health),
        image=image,
        volumes=tuple(sorted(str(one["Name"]) for one in found["Mounts"] if one["Type"] == "volume")),
        task=labels.get(_TASK_ID, ""),
        addresses=tuple(sorted(one["IPAddress"] for one in networks.values() if one.get("IPAddress"))),
    )


def _last_words(status: str) -> str:
    """`healthy` of `Up 3 seconds (healthy)`."""
    return status.rpartition("(")[2].rstrip(")")


def _node_zones(host: Host) -> dict[str, str]:
    """The zones of Swarm's nodes by node id; empty where the daemon is no manager, or its own zone is known."""
    if host.zone:
        return {}
    try:
        nodes: list[Mapping[str, Any]] = host.api.nodes()
    except APIError:
        return {}
    labels: dict[str, Mapping[str, str]] = {str(one["ID"]): one["Spec"].get("Labels") or {} for one in nodes}
    return {node: zone for node, given in labels.items() if (zone := given.get(ZONE))}
