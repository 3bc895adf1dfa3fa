"""Containers on a network of their own, to measure one against another; nothing is left of them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from tarfile import TarFile, TarInfo
from types import TracebackType
from typing import Any, Self, cast

import docker
from docker.models.containers import Container

from components.images import APPS, application_tag, kit_tag

LABEL = "archkit.bench"


class Arena:
    """A bridge network and the containers on it, removed at the end.

    Args:
        client: The daemon.

    """

    def __init__(self, client: docker.DockerClient) -> None:
        self._client = client
        self._stack = ExitStack()
        self._name = f"archkit-bench-{secrets.token_hex(3)}"

    def __enter__(self) -> Self:
        network = self._client.networks.create(self._name, driver="bridge", labels={LABEL: self._name})
        self._stack.callback(network.remove)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def run(
        self,
        image: str,
        *,
        alias: str,
        command: Sequence[str] | None = None,
        files: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Container:
        """Starts a container that others find by DNS under `alias`.

        Args:
            image: What it runs.
            alias: Several containers may share one, as the tasks of a service do.
            command: Instead of the image's own.
            files: Text by absolute path, written before it starts.
            environment: Its variables.

        """
        api = cast("Any", self._client.api)  # docker's own types are wrong for endpoints by name
        made = api.create_container(
            image,
            command=list(command) if command else None,
            environment=dict(environment or {}),
            labels={LABEL: self._name},
            host_config=api.create_host_config(init=True),
            networking_config=api.create_networking_config({self._name: api.create_endpoint_config(aliases=[alias])}),
        )
        container = self._client.containers.get(str(made["Id"]))
        self._stack.callback(container.remove, force=True)
        for path, text in (files or {}).items():
            container.put_archive(str(Path(path).parent), archive(Path(path).name, text))
        container.start()
        return container

    def address(self, container: Container) -> str:
        """Its IP address on this network."""
        container.reload()
        return str(container.attrs["NetworkSettings"]["Networks"][self._name]["IPAddress"])


def wait_until_answered(client: Container, url: str, seconds: float = 30) -> None:
    """Until an HTTP request from inside a container gets an answer with 200; bash is all that it needs.

    Raises:
        TimeoutError: It did not.

    """
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    script = (
        f"exec 3<>/dev/tcp/{name}/{port} && printf 'GET /{path} HTTP/1.0\\r\\n\\r\\n' >&3 && "
        'read -r -t 2 _ status _ <&3 && [ "$status" = 200 ]'
    )
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if client.exec_run(["bash", "-c", script]).exit_code == 0:
            return
        time.sleep(0.1)
    message = f"{url}: no answer with 200 within {seconds:.0f} s"
    raise TimeoutError(message)


def built(client: docker.DockerClient, image: str, folder: Path, base_image: str) -> str:
    """The tag of an image, built where it is missing."""
    tag = kit_tag(image, folder, base_image)
    if not client.images.list(name=tag):
        client.images.build(path=str(folder), tag=tag, buildargs={"BASE_IMAGE": base_image}, rm=True)
    return tag


def built_application(client: docker.DockerClient, app: str, base_image: str) -> str:
    """The tag of an application's image, built where it is missing, from the same files as a deployment builds it."""
    tag = application_tag(app, base_image)
    if not client.images.list(name=tag):
        recipe, arguments = f"{app}/Dockerfile", {"BASE_IMAGE": base_image}
        client.images.build(path=str(APPS), dockerfile=recipe, tag=tag, buildargs=arguments, rm=True)
    return tag


def archive(name: str, text: str) -> bytes:
    """One file, as Docker takes it into a container; everybody there may read it."""
    data = text.encode()
    entry = TarInfo(name)
    entry.size, entry.mode = len(data), 0o444
    packed = BytesIO()
    with TarFile(fileobj=packed, mode="w") as tar:
        tar.addfile(entry, BytesIO(data))
    return packed.getvalue()
