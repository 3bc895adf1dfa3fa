"""The Docker daemon that a stack runs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import docker
from docker.errors import DockerException
from docker.models.services import Service

from archkit.errors import UserError
from archkit.lab.layout import Lab
from archkit.labels import STACK, ZONE
from archkit.plain import items, mapping, text


def client(config: Mapping[str, Any] | None = None) -> docker.DockerClient:
    """A client of the daemon that the stack's configuration names, else of the environment's.

    Raises:
        UserError: It does not answer.

    """
    host = text((config or {}).get("docker:host"))
    for other in zone_hosts(host):  # any zone's daemon knows the whole swarm; one of them may be switched off
        if answering := _answering(other):
            return answering
    try:
        made = docker.DockerClient(base_url=host) if host else docker.from_env()
        made.ping()
    except DockerException as error:
        message = (
            f"docker: the daemon must answer{f' at {host}' if host else ''}, got no answer; run `archkit doctor --fix`"
        )
        raise UserError(message) from error
    return made


def clients(config: Mapping[str, Any]) -> list[docker.DockerClient]:
    """The daemons that know a stack's containers: of every zone that answers, or the one that the stack names.

    Raises:
        UserError: None answers.

    """
    hosts = zone_hosts(text(config.get("docker:host")))
    return [one for host in hosts if (one := _answering(host))] or [client(config)]


def services(of: docker.DockerClient, stack: str) -> list[Service]:
    """The services of a stack, by name."""
    found = items(of.services.list(filters={"label": f"{STACK}={stack}"}))
    return sorted(cast("list[Service]", found), key=name_of)


def name_of(service: Service) -> str:
    """A service's name in the swarm: `web-local-edge`."""
    return text(mapping(mapping(service.attrs)["Spec"])["Name"])


def zones_of(of: docker.DockerClient) -> list[str]:
    """The zones that the swarm's nodes are labelled with; none where this node is no manager."""
    try:
        nodes = [mapping(node.attrs) for node in of.nodes.list()]
    except DockerException:
        return []
    labels = (mapping(mapping(node["Spec"]).get("Labels")) for node in nodes)
    return sorted({text(found[ZONE]) for found in labels if found.get(ZONE)})


def zone_hosts(host: str) -> list[str]:
    """The daemons of all zones, where the given one is a zone of the lab; else none."""
    hosts = [zone.docker_host for zone in Lab().zones]
    return [host, *(other for other in hosts if other != host)] if host in hosts else []


def _answering(host: str) -> docker.DockerClient | None:
    try:
        made = docker.DockerClient(base_url=host, timeout=5)
        made.ping()
    except (DockerException, OSError):
        return None
    return made
