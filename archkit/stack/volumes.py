"""Volumes of data outlive their stack; removing them is a word of its own."""

from __future__ import annotations

import docker
from docker.errors import APIError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from archkit.labels import STACK


def volumes(client: docker.DockerClient, stack: str) -> list[str]:
    """Names of the volumes that hold a stack's data."""
    return sorted(str(one.name) for one in client.volumes.list(filters={"label": f"{STACK}={stack}"}))


def remove(client: docker.DockerClient, stack: str) -> list[str]:
    """Removes a stack's volumes and gives their names; what they held is gone."""
    names = volumes(client, stack)
    for name in names:
        _remove(client, name)
    return names


@retry(retry=retry_if_exception_type(APIError), stop=stop_after_delay(30), wait=wait_fixed(0.5), reraise=True)
def _remove(client: docker.DockerClient, name: str) -> None:
    """A volume is in use until the last container of its service is gone, a moment after the service."""
    client.volumes.get(name).remove()
