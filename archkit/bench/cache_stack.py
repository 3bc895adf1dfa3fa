"""Caches and a small application before them, deployed for a measurement or a test, and nothing left of them."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import docker
from pulumi import automation

from archkit.bench.arena import built
from archkit.bench.deployment import free_port
from archkit.bench.from_memory import build_missing, destroyed, stack_in
from archkit.drills.deployed import Deployed
from archkit.drills.faults import Host
from archkit.drills.victims import Member, populate, primary_among
from archkit.drills.victims.engines import PROBES
from archkit.recorder import record
from archkit.stack.docker import client
from archkit.stack.operations import AT_ONCE
from components.cache import CacheArgs, Engine
from components.image import ImageArgs
from components.load_balancer import LoadBalancerArgs, Route
from components.network import NetworkArgs
from components.objectives import Objectives
from components.service import Capacity, ServiceArgs
from components.settings import LocalSettings
from components.targets.local import LocalTarget

APPLICATION = Path(__file__).parent / "cached" / "image"
VALKEY, MEMCACHED = "catalogue", "sessions"
MEBIBYTES = 64


@dataclass(frozen=True, kw_only=True)
class Caches:
    """A deployed Valkey `catalogue` and Memcached `sessions`, with the service `front` that is linked to both.

    Args:
        name: The stack's.
        port: Of its load balancer.
        root_secret: Of the stack.
        stack: As Pulumi knows it.
        program: What was deployed.
        docker: The daemon.

    """

    name: str
    port: int
    root_secret: str
    stack: automation.Stack
    program: Callable[[], None]
    docker: docker.DockerClient

    @property
    def deployed(self) -> Deployed:
        """As a drill sees it; its clients ask the application, which asks the cache."""
        return Deployed(
            stack=self.name,
            hosts=(Host(),),
            graph=record(self.program, stack=self.name),
            objectives=Objectives(),
            addresses=(("127.0.0.1", self.port),),
            path="/through",
            root_secret=lambda: self.root_secret,
        )

    def members(self, component: str = VALKEY, role: str = "") -> list[Member]:
        """What runs of a component."""
        found = populate(self.name, [Host()]).members
        return [one for one in found if one.component == component and role in {"", one.role}]

    def primary(self) -> Member:
        """The member of Valkey that leads."""
        return primary_among(self.members(role="member"), PROBES, VALKEY)

    def ask(self, container: str, *command: str, seconds: float = 60) -> str:
        """What a command in a container prints.

        Raises:
            RuntimeError: It fails; what it said.

        """
        said = subprocess.run(
            ["docker", "exec", container, *command], capture_output=True, text=True, check=False, timeout=seconds
        )
        if said.returncode:
            raise RuntimeError(said.stdout + said.stderr)
        return said.stdout.strip()

    def as_application(self, program: str, seconds: float = 60) -> str:
        """What a Python program prints in a container of the linked application."""
        preamble = "import cached, json, os, socket, ssl, time\n"
        return self.ask(self.members("front")[0].container, "python3", "-c", preamble + program, seconds=seconds)

    def left_behind(self) -> list[str]:
        """What Docker still has of it."""
        mine: dict[str, Any] = {"label": f"archkit.stack={self.name}"}
        found: list[list[Any]] = [
            self.docker.services.list(filters=mine),
            self.docker.secrets.list(filters=mine),
            self.docker.configs.list(filters=mine),
            self.docker.volumes.list(filters=mine),
        ]
        return [str(one.name) for some in found for one in some]


def declare(settings: LocalSettings) -> None:
    """The design that is deployed."""
    target = LocalTarget(settings)
    network = target.network("network", NetworkArgs())
    image = target.image("image", ImageArgs(app="cached"))
    catalogue = target.cache(VALKEY, CacheArgs(memory_mebibytes=MEBIBYTES), network=network)
    sessions = target.cache(MEMCACHED, CacheArgs(engine=Engine.MEMCACHED, memory_mebibytes=MEBIBYTES), network=network)
    two = ServiceArgs(capacity=Capacity(minimum=2, maximum=2))
    front = target.service("front", two, network=network, image=image, links=[catalogue, sessions])
    target.load_balancer("edge", LoadBalancerArgs(), network=network, routes=[Route(path="/*", service=front)])


@contextmanager
def deployed_caches() -> Generator[Caches]:
    """Deploys them and removes them at the end, whatever happened."""
    daemon, name, secret = client(), f"cachetest-{secrets.token_hex(3)}", secrets.token_urlsafe(32)
    image = built(daemon, "bench-cached", APPLICATION, LocalSettings().base_image)
    port = free_port()
    building = LocalSettings(images={"cached": image}, port=port, edge_ports=(free_port(), free_port()))
    build_missing(daemon, lambda: declare(building), name)
    ready = replace(building, prebuilt=True, first=True)
    with TemporaryDirectory(prefix="archkit-caches-") as folder:
        stack = stack_in(Path(folder), name, lambda: declare(ready))
        try:
            stack.set_config("archkit:secret", automation.ConfigValue(secret, secret=True))
            stack.up(parallel=AT_ONCE)
            yield Caches(
                name=name,
                port=port,
                root_secret=secret,
                stack=stack,
                program=lambda: declare(ready),
                docker=daemon,
            )
        finally:
            destroyed(stack)
