"""Whether anything on the Docker daemon changed since this checkout last deployed a stack.

Reading every service and network back costs the provider a fixed 2 s a run. The specifications of
a swarm's objects can be compared in milliseconds, which says whether that reading could find anything. What is not the
same is read back, always; what plain `pulumi up`, a scaler or a person changed is not the same.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException

from archkit.labels import STACK
from archkit.plain import items, mapping, text


def seen(client: docker.DockerClient, stack: str) -> dict[str, Any]:
    """What the daemon has of a stack: each swarm object's specification, as a hash, and which others there are."""
    mine: dict[str, Any] = {"filters": {"label": f"{STACK}={stack}"}}
    api: Any = client.api
    found: dict[str, Any] = {
        kind: {text(one["ID"]): _hash(one["Spec"]) for one in map(mapping, items(some))}
        for kind, some in (
            ("services", api.services(**mine)),
            ("configs", api.configs(**mine)),
            ("secrets", api.secrets(**mine)),
        )
    }
    found["networks"] = sorted(text(mapping(one)["Id"]) for one in items(api.networks(**mine)))
    volumes = items(mapping(api.volumes(**mine)).get("Volumes"))
    found["volumes"] = sorted(text(mapping(one)["Name"]) for one in volumes)
    images = items(api.images(filters={"label": "archkit.image"}))
    found["images"] = sorted(text(mapping(one)["Id"]) for one in images)
    return found


def _hash(specification: Any) -> str:
    """Not the object's version: that also grows when an update ends."""
    return hashlib.sha256(json.dumps(specification, sort_keys=True).encode()).hexdigest()


def same_as_stored(client: docker.DockerClient, stack: str, file: Path, made_of: str | None = None) -> bool:
    """Whether nothing changed since `store`; no where that cannot be told.

    Args:
        client: The daemon.
        stack: `web-local`.
        file: Where `store` wrote.
        made_of: What the stack is declared from now, to be compared as well; None compares what runs alone.

    """
    try:
        stored = mapping(json.loads(file.read_text()))
        declared_alike = made_of is None or stored.get("made_of") == made_of
        return declared_alike and stored.get("seen") == seen(client, stack)
    except (OSError, ValueError, TypeError, DockerException):
        return False


def store(client: docker.DockerClient, stack: str, file: Path, made_of: str) -> None:
    """Keeps what the daemon has now and what the stack was declared from, for the next comparison."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"made_of": made_of, "seen": seen(client, stack)}))
