"""Why a service's replicas do not get healthy: the swarm's reasons, and the last lines that they said."""

from __future__ import annotations

from collections import Counter
from typing import Any

import docker
from docker.errors import APIError, NotFound

from archkit.plain import items, mapping, text

LINES = 10
_BAD = {"failed", "rejected", "shutdown"}


def why_unhealthy(client: docker.DockerClient, service: str, *, lines: int = LINES) -> str | None:
    """What is known of the newest version's failed replicas; None where none failed.

    Args:
        client: The daemon.
        service: The service's name in the swarm: `web-local-web`.
        lines: How many of the last lines of its log to show.

    """
    try:
        tasks = [mapping(task) for task in items(client.services.get(service).tasks())]
    except NotFound:
        return None
    failed = [task for task in tasks if _state(task) in _BAD and _reason(task)]
    if not failed:
        return None
    newest = max(failed, key=lambda task: text(task.get("UpdatedAt")))
    image = text(mapping(newest["Spec"])["ContainerSpec"]["Image"])
    reasons = Counter(_reason(task) for task in failed if _image(task) == image)
    told = "; ".join(f"{reason} ({count} times)" if count > 1 else reason for reason, count in reasons.most_common(3))
    said = _log(client, newest, lines)
    last = f"\n  last lines of its log:\n{_indented(said)}" if said else "\n  it said nothing before it ended"
    return f"{service}: its new version {image} did not get healthy: {told}{last}"


def _state(task: dict[str, Any]) -> str:
    return text(mapping(task["Status"]).get("State"))


def _reason(task: dict[str, Any]) -> str:
    return text(mapping(task["Status"]).get("Err"))


def _image(task: dict[str, Any]) -> str:
    return text(mapping(mapping(task["Spec"])["ContainerSpec"])["Image"])


def _log(client: docker.DockerClient, task: dict[str, Any], lines: int) -> str:
    container = text(mapping(mapping(task["Status"]).get("ContainerStatus")).get("ContainerID"))
    if not container:
        return ""
    try:
        said: bytes = client.api.logs(container, stdout=True, stderr=True, tail=lines)
    except APIError:
        return ""  # on another node, or gone already
    return said.decode(errors="replace").strip()


def _indented(said: str) -> str:
    return "\n".join(f"    {line}" for line in said.splitlines())
