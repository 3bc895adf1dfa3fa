"""A site goes with all that it has, and clients find the one that takes its place."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import docker
from docker.errors import APIError, NotFound
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from archkit.drills.deployed import Deployed
from archkit.drills.inside import LABEL
from archkit.labels import STACK
from archkit.plain import text
from archkit.stack.project import Project
from archkit.stack.workspace import open_stack

_AT_ONCE = 32


def lose(deployed: Deployed, component: str, *, keep: str) -> list[str]:
    """Removes every service, network, secret, config and volume of a stack, but one volume.

    Servers are killed first, all at once: one that is told to stop would send the last of its log to the other site.

    Args:
        deployed: The stack.
        component: Beside which clients stand: they lose their network too.
        keep: The volume with the offsite copies.

    Returns:
        The containers that held clients' places; `come_back` gives them the new network.

    """
    daemon: docker.DockerClient = deployed.manager.client
    mine: dict[str, Any] = {"label": f"{STACK}={deployed.stack}"}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(_kill, daemon.containers.list(filters=mine)))
        list(pool.map(_remove, daemon.services.list(filters=mine)))
    clients = [
        text(one.id) for one in daemon.containers.list(filters={"label": f"{LABEL}={deployed.service_name(component)}"})
    ]
    for one in daemon.containers.list(all=True, filters=mine):
        _again(lambda gone=one: gone.remove(force=True))
    for one in daemon.networks.list(filters=mine):
        for client in clients:
            with suppress(APIError):
                one.disconnect(client, force=True)
        _again(one.remove)
    for one in (*daemon.secrets.list(filters=mine), *daemon.configs.list(filters=mine)):
        _again(one.remove)
    for one in daemon.volumes.list(filters=mine):
        if one.name != keep:
            _again(one.remove)
    return clients


def forget(project: Project, stack: str) -> None:
    """Removes the stack's state, which was on the lost machine; its file stays, as a copy of it elsewhere would."""
    opened = open_stack(project, stack)
    opened.stack.workspace.remove_stack(stack, force=True, preserve_config=True)
    project.stack_file(stack).with_suffix(".seen.json").unlink(missing_ok=True)


def come_back(deployed: Deployed, component: str, clients: list[str]) -> None:
    """Gives clients a place in the new network of the same name."""
    network = deployed.manager.client.networks.get(deployed.service_name(component))
    for client in clients:
        network.connect(client)


def _kill(container: Any) -> None:
    with suppress(APIError):  # it ended by itself
        container.kill()


def _remove(service: Any) -> None:
    service.remove()


@retry(retry=retry_if_exception_type(APIError), stop=stop_after_delay(60), wait=wait_fixed(0.3), reraise=True)
def _again(remove: Callable[[], Any]) -> None:
    """What is in use is so until the last container of its service is gone, a moment after the service."""
    with suppress(NotFound):
        remove()
