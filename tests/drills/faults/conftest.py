"""Small containers and services to break, each with a name of its own, all removed afterwards."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import docker
import pytest
from docker.errors import APIError, ImageNotFound, NotFound

from archkit.drills.faults import Host
from archkit.drills.journal import Journal

IMAGE = "archkit-faults-test"
PREFIX = "faultstest-"
PORT = 7000
MEBIBYTE = 2**20

# Answers each line with the same line, and sends a megabyte where it is asked for one.
SERVER = f"""
import signal, socket, threading, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
def serve(connection):
    with connection:
        while data := connection.recv(65536):
            connection.sendall(bytes({MEBIBYTE}) if data == b"megabyte" else data)
with socket.create_server(("0.0.0.0", {PORT})) as server:
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
"""
COMMAND = ["python3", "-u", "-c", SERVER]


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[docker.DockerClient]:
    """The daemon, with the image that all of these tests run."""
    made = docker.from_env(timeout=120)
    built = False
    try:
        made.images.get(IMAGE)
    except ImageNotFound:
        folder = tmp_path_factory.mktemp("image")
        (folder / "Dockerfile").write_text(
            "FROM localhost/archkit/base:trixie\n"
            "RUN apt-get update -q && apt-get install -yq --no-install-recommends python3-minimal\n"
        )
        made.images.build(path=str(folder), tag=IMAGE, rm=True)
        built = True
    yield made
    if built:
        made.images.remove(IMAGE, force=True)


class Victims:
    """Makes what a test breaks, and removes all of it."""

    def __init__(self, client: docker.DockerClient) -> None:
        self.client = client
        self._containers: list[str] = []
        self._services: list[str] = []
        self._networks: list[str] = []
        self._volumes: list[str] = []
        self._own = ""

    def container(self, **options: Any) -> str:
        """A plain container that answers on PORT; its id."""
        options.setdefault("network", self._own_network())
        made = self.client.containers.create(
            IMAGE, COMMAND, init=True, name=f"{PREFIX}{uuid4().hex[:8]}", stop_signal="SIGTERM", **options
        )
        self._containers.append(made.id)
        made.start()
        wait_for(lambda: reply(self.address(made.id)) is not None, 20)
        return made.id

    def address(self, container: str) -> str:
        networks = self.client.api.inspect_container(container)["NetworkSettings"]["Networks"]
        return next(iter(networks.values()))["IPAddress"]

    def _own_network(self) -> str:
        self._own = self._own or self.network()
        return self._own

    def network(self, driver: str = "bridge") -> str:
        made = self.client.networks.create(f"{PREFIX}{uuid4().hex[:8]}", driver=driver)
        self._networks.append(made.id)
        return made.name

    def volume(self, **options: Any) -> str:
        made = self.client.volumes.create(f"{PREFIX}{uuid4().hex[:8]}", **options)
        self._volumes.append(made.name)
        return made.name

    def service(self, replicas: int = 2, **options: Any) -> str:
        """A Swarm service of that many tasks; its name once they run."""
        name = f"{PREFIX}{uuid4().hex[:8]}"
        made = self.client.services.create(
            IMAGE,
            command=COMMAND,
            name=name,
            networks=[self.network("overlay")],
            init=True,
            mode=docker.types.ServiceMode("replicated", replicas),
            endpoint_spec=docker.types.EndpointSpec(mode="dnsrr"),
            restart_policy=docker.types.RestartPolicy(condition="any", delay=200_000_000),
            stop_grace_period=5_000_000_000,
            **options,
        )
        self._services.append(made.id)
        wait_for(lambda: len(self.tasks(name)) == replicas, 90)
        return name

    def tasks(self, service: str) -> list[str]:
        """The container ids of a service's tasks that run."""
        found = self.client.api.tasks(filters={"service": service, "desired-state": "running"})
        return [one["Status"]["ContainerStatus"]["ContainerID"] for one in found if one["Status"]["State"] == "running"]

    def remove(self) -> None:
        for service in self._services:
            quietly(lambda service=service: self.client.api.remove_service(service))
        for container in self._containers:
            quietly(lambda container=container: self.client.api.remove_container(container, force=True, v=True))
        for service in self._services:
            wait_for(lambda service=service: not self._of(service), 30)
        for network in self._networks:
            wait_for(lambda network=network: self._without(network), 30)
        for volume in self._volumes:
            quietly(lambda volume=volume: self.client.api.remove_volume(volume, force=True))

    def _without(self, network: str) -> bool:
        try:
            self.client.api.remove_network(network)
        except NotFound:
            return True
        except APIError:
            return False  # its last task has not left it yet
        return True

    def _of(self, service: str) -> list[Any]:
        label = f"com.docker.swarm.service.id={service}"
        for one in self.client.api.containers(all=True, filters={"label": label}):
            quietly(lambda one=one: self.client.api.remove_container(one["Id"], force=True, v=True))
        return self.client.api.containers(all=True, filters={"label": label})


@pytest.fixture
def victims(client: docker.DockerClient) -> Iterator[Victims]:
    made = Victims(client)
    yield made
    made.remove()


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal("faultstest", tmp_path)


def quietly(remove: Callable[[], object]) -> None:
    try:
        remove()
    except NotFound:
        return


def reply(address: str, timeout: float = 1.0) -> float | None:
    """Seconds until a new connection has answered; None where it does not."""
    began = time.monotonic()
    try:
        with socket.create_connection((address, PORT), timeout=timeout) as connection:
            connection.sendall(b"hello")
            return time.monotonic() - began if connection.recv(10) == b"hello" else None
    except OSError:
        return None


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Waits until something is true; fails with the condition's name after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        time.sleep(0.1)


# Test modules cannot import from this one (there are no packages below tests/), so helpers come as fixtures.
@pytest.fixture(name="reply")
def _reply() -> Callable[..., float | None]:
    return reply


@pytest.fixture(name="wait")
def _wait() -> Callable[..., None]:
    return wait_for
