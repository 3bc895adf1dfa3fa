"""A stack for a measurement or a test: a name, a port and a state of its own, and nothing left of it afterwards."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import docker
import httpx

from archkit.labels import COMPONENT, STACK
from archkit.stack import operations, volumes
from archkit.stack.docker import client as docker_client
from archkit.stack.initialise import init_stack
from archkit.stack.project import Project
from archkit.stack.workspace import open_stack

PASSPHRASE = "of no worth: the state is thrown away"  # noqa: S105
LEFT_BEHIND_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A local stack that can be deployed, changed and removed.

    Args:
        project: The checkout that it is deployed from.
        name: The stack's name.
        port: Where its load balancer answers.
        source: The shipped stack whose file it begins with.

    """

    project: Project
    name: str
    port: int
    source: str = "web-local"

    @property
    def url(self) -> str:
        """Where clients ask."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def docker(self) -> docker.DockerClient:
        """The daemon that it runs on."""
        return docker_client()

    def configure(self, *values: str) -> None:
        """Changes settings, `path=value`; they hold from the next `up` on."""
        init_stack(self.project, self.name, source=self.source, values=values)

    def up(self) -> None:
        """Deploys it; a UserError says why it could not."""
        operations.up(open_stack(self.project, self.name))

    def preview(self) -> dict[str, int]:
        """How many resources an `up` would change, by the kind of change."""
        return operations.preview(open_stack(self.project, self.name))

    def destroy(self) -> None:
        """Removes it."""
        operations.destroy(open_stack(self.project, self.name))

    def containers(self, component: str = "") -> list[str]:
        """Ids of its running containers, of one component or of all."""
        labels = [f"{STACK}={self.name}", *([f"{COMPONENT}={component}"] if component else [])]
        found = self.docker.containers.list(filters={"label": labels})
        return sorted(str(one.id) for one in found)

    def left_behind(self) -> list[str]:
        """What Docker still has of it, each with its kind."""
        api = self.docker
        mine: dict[str, Any] = {"label": f"{STACK}={self.name}"}
        found: dict[str, list[Any]] = {
            "service": api.services.list(filters=mine),
            "container": api.containers.list(all=True, filters=mine),
            "network": api.networks.list(filters=mine),
            "volume": api.volumes.list(filters=mine),
            "config": api.configs.list(filters=mine),
            "secret": api.secrets.list(filters=mine),
        }
        return [f"{kind} {one.name}" for kind, some in found.items() for one in some]

    def wait_until_gone(self) -> list[str]:
        """As `left_behind`, once Docker had time to remove what was told to stop."""
        until = time.monotonic() + LEFT_BEHIND_SECONDS
        while (left := self.left_behind()) and time.monotonic() < until:
            time.sleep(0.5)
        return left

    def wait_for_answer(self, seconds: float = 60, *, path: str = "/") -> float:
        """When a request was answered with 200 for the first time, on the monotonic clock.

        Raises:
            TimeoutError: Nobody answered in time.

        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}{path}", timeout=1).is_success:
                    return time.monotonic()
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        message = f"{self.url}: no answer within {seconds:.0f} s"
        raise TimeoutError(message)


@contextmanager
def temporary(project: Project, prefix: str, *values: str, source: str = "web-local") -> Generator[Deployment]:
    """A stack of a design, the web design by default, that was not deployed yet; removed at the end, whatever happened.

    Args:
        project: The checkout.
        prefix: The beginning of its name: `livetest`.
        values: Settings besides its port: `web.service.capacity.minimum=2`.
        source: The shipped stack whose file it begins with.

    """
    made = Deployment(project=project, name=f"{prefix}-{secrets.token_hex(3)}", port=free_port(), source=source)
    with TemporaryDirectory(prefix="archkit-state-") as folder, _state_in(Path(folder)):
        try:
            edges = [f"local.edge_ports[{number}]={free_port()}" for number in range(2)]
            made.configure(f"local.port={made.port}", *edges, *values)
            yield made
        finally:
            if project.stack_file(made.name).exists():
                made.destroy()
                volumes.remove(made.docker, made.name)
                project.stack_file(made.name).unlink()


def free_port() -> int:
    """A TCP port that nobody holds at the moment."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _state_in(folder: Path) -> Generator[None]:
    """A backend and a passphrase of its own, so that the user's stacks are neither seen nor touched."""
    own = {"PULUMI_BACKEND_URL": folder.as_uri(), "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
    before = {key: os.environ.get(key) for key in own}
    os.environ.update(own)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
