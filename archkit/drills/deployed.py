"""A deployed stack as a drill sees it: where it runs, what it is made of, how clients reach it, what it promised."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docker.errors import DockerException
from requests.exceptions import RequestException

from archkit.drills.faults.host import Host
from archkit.drills.victims.members import Population, populate
from archkit.errors import UserError
from archkit.graph import Graph
from archkit.lab import Lab, fabric, power
from archkit.plain import items, mapping, text
from archkit.recorder import record
from archkit.stack.lab import is_on_lab
from archkit.stack.project import Project
from archkit.stack.secret import root_secret
from components.objectives import Objectives
from components.secrets import Derived
from stacks.program import KEYS, program


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """One stack that runs on Docker.

    Args:
        stack: `web-local`.
        hosts: Its Docker daemons: this machine's, or one for each zone of the lab.
        graph: The design's graph, recorded from the stack's configuration.
        objectives: What the design promised its clients.
        promises: What its components promise on their own, by name: it counts where one of them is harmed.
        addresses: Host and port of each entry point.
        prefix: What a client's command is preceded by to reach them.
        lab: The lab that it runs on; None on this machine's own Docker.
        path: What clients GET unless a scenario says otherwise: the design's output `read_path`.
        cached_path: What a CDN keeps, by the design's output `cached_path`; empty where the design names nothing.
        edges: Host and port of each location of a CDN; empty without one.
        keys: Where this checkout keeps the stack's keys.
        root_secret: Asked for the stack's root secret where a client has to prove who it is.

    """

    stack: str
    hosts: tuple[Host, ...]
    graph: Graph
    objectives: Objectives
    addresses: tuple[tuple[str, int], ...]
    promises: Mapping[str, Objectives] = field(default_factory=dict[str, Objectives])
    prefix: tuple[str, ...] = ()
    lab: Lab | None = None
    path: str = "/"
    cached_path: str = ""
    edges: tuple[tuple[str, int], ...] = ()
    keys: Path = Path()
    root_secret: Callable[[], str] = field(default=lambda: "", compare=False)

    @property
    def population(self) -> Population:
        """Who runs now."""
        return populate(self.stack, self.living_hosts, self.graph)

    @property
    def living_hosts(self) -> tuple[Host, ...]:
        """The hosts whose daemon can answer: a zone without power or cable would only be waited for."""
        if self.lab is None:
            return self.hosts
        on = {zone.name for zone in fabric.connected(self.lab) if power.takes_calls(zone)}
        return tuple(host for host in self.hosts if host.name in on)

    @property
    def manager(self) -> Host:
        """A host that can be asked for services."""
        living = self.living_hosts
        if not living:
            message = f"stack {self.stack}: a Docker daemon must answer, but no zone is on; run `archkit lab zone-up`"
            raise UserError(message)
        return living[0]

    def promised(self, component: str) -> Objectives:
        """What clients are promised while a component is harmed: its own objectives, or else the design's."""
        return self.promises.get(component, self.objectives)

    def components(self, capability: str) -> tuple[str, ...]:
        """The design's names of all its components of one capability, in order of their names."""
        return tuple(
            sorted(
                resource.name
                for resource in self.graph.resources
                if not resource.custom and resource.outputs.get("capability") == capability
            )
        )

    def secrets(self, component: str) -> Derived:
        """A component's passwords and certificates, as its servers have them.

        Raises:
            UserError: The stack's root secret cannot be read.

        """
        return Derived(root=self.root_secret(), stack=self.stack, component=component)

    def service_name(self, component: str) -> str:
        """The swarm's name of a component's service."""
        return f"{self.stack}-{component}"


def deployed(project: Project, stack: str) -> Deployed:
    """The stack as it runs.

    Raises:
        UserError: It is not local, or nothing of it runs.

    """
    config = project.config(stack)
    if config.get("archkit:target") != "local":
        message = f"drill: needs a stack on Docker, got {stack!r} on aws; AWS Fault Injection Service breaks that one"
        raise UserError(message)
    graph = record(program(config), stack=stack)
    found = _on_lab(stack, config, graph) if is_on_lab(config) else _on_host(stack, config, graph)
    found = replace(
        found,
        path=text(graph.outputs.get("read_path")) or "/",
        cached_path=text(graph.outputs.get("cached_path")),
        keys=project.root / KEYS / stack,
        root_secret=cache(lambda: root_secret(project, stack)),
    )
    _refuse_absent(found)
    return found


def _refuse_absent(found: Deployed) -> None:
    if not found.living_hosts:
        message = f"stack {found.stack}: runs in the lab, but none of its zones is on; `archkit lab up`"
        raise UserError(message)
    population = found.population
    if population.members:
        return
    if population.silent:
        silent = "; ".join(population.silent)
        message = f"stack {found.stack}: a Docker daemon must answer, but {silent}; is it running?"
        raise UserError(message)
    message = (
        f"stack: {found.stack!r} must be deployed before it is drilled, but nothing of it runs; "
        f"`archkit up {found.stack}`"
    )
    raise UserError(message)


def _on_host(stack: str, config: Mapping[str, Any], graph: Graph) -> Deployed:
    host = Host(name="local", docker_host=text(config.get("docker:host")))
    return Deployed(
        stack=stack,
        hosts=(host,),
        graph=graph,
        objectives=_objectives(graph),
        promises=_promises(graph),
        addresses=((_way_in(host, _port(graph)), _port(graph)),),
        edges=tuple((_way_in(host, port), port) for port in _edge_ports(graph)),
    )


def _on_lab(stack: str, config: Mapping[str, Any], graph: Graph) -> Deployed:
    lab = Lab()
    return Deployed(
        stack=stack,
        hosts=tuple(Host(name=zone.name, docker_host=zone.docker_host, zone=zone.name) for zone in lab.zones),
        graph=graph,
        objectives=_objectives(graph),
        promises=_promises(graph),
        addresses=tuple((zone.address, _port(graph)) for zone in lab.zones),
        # The first location is pinned to the first zone, the second to the second.
        edges=tuple((zone.address, port) for zone, port in zip(lab.zones, _edge_ports(graph), strict=False)),
        prefix=fabric.inside(lab.clients),
        lab=lab,
    )


def _way_in(host: Host, port: int) -> str:
    """The address of this machine that clients use: the swarm's bridge where it can be reached, else loopback.

    Connections to loopback pass through a process of Docker's, docker-proxy, one more hop on the way. Under an overload
    of drills it was found dead (Docker 20.10) while all containers were healthy and answered on every other address.
    """
    with suppress(DockerException, RequestException, OSError, LookupError):
        address = text(host.client.networks.get("docker_gwbridge").attrs["IPAM"]["Config"][0]["Gateway"])
        with socket.create_connection((address, port), timeout=0.5):
            return address
    return "127.0.0.1"


def _objectives(graph: Graph) -> Objectives:
    return Objectives(**mapping(graph.outputs.get("objectives")))


def _promises(graph: Graph) -> dict[str, Objectives]:
    """The objectives that components register, by the design's name for them."""
    found = {one.name: mapping(one.outputs.get("objectives")) for one in graph.resources if not one.custom}
    return {name: Objectives(**values) for name, values in found.items() if values}


def _edge_ports(graph: Graph) -> list[int]:
    """Of a CDN's locations: with one, `urls` are theirs and the load balancer's is `origin_url`."""
    if not graph.outputs.get("origin_url"):
        return []
    return [port for url in items(graph.outputs.get("urls")) if (port := urlsplit(text(url)).port)]


def _port(graph: Graph) -> int:
    # Behind a CDN the load balancer is the origin: what is harmed there is seen there, not behind a cache.
    url = text(graph.outputs.get("origin_url") or graph.outputs.get("url"))
    port = urlsplit(url).port
    if port is None:
        message = f"drill: the design must export `url` with a port, got {url!r}; clients are sent there"
        raise UserError(message)
    return port
