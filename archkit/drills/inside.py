"""A place for a drill's clients inside a network of the stack: what only linked services reach."""

from __future__ import annotations

import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from docker.errors import APIError, DockerException, NotFound
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed

from archkit.drills.clients import Room
from archkit.drills.faults.host import Host
from archkit.errors import UserError

LABEL = "archkit.drill"
# The embedded DNS of Docker; it listens in each container's network namespace.
_RESOLVER = "nameserver 127.0.0.11\noptions ndots:0 timeout:1 attempts:2\n"
_ENTER = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
_START_SECONDS = 10.0
_TRIES = 3


def client_inside(host: Host, network: str, image: str, room: Room) -> tuple[str, ...]:
    """What a command is preceded by to run inside a network, where names resolve as they do for the stack's services.

    A container of no privilege holds the place. It ends with this process, however that ends: its input does.

    Args:
        host: Whose daemon runs the container; in the lab, that of a zone that stays.
        network: An attachable overlay: `web-local-orders`.
        image: One that the daemon has, with `cat`.
        room: Of the run; the place is given up at its end.

    Raises:
        UserError: It takes root, or the network or image is not there.

    """
    container = _entered(host, network, image, room)
    if problems := host.network_problems(container, "unshare", "mount"):
        raise UserError.of(problems)
    resolver = room.file(f"resolv-{container[:12]}.conf", _RESOLVER)
    Path(resolver).chmod(0o644)
    target = str(Path("/etc/resolv.conf").resolve())
    own_mounts = ("unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, "sh", resolver, target)
    return (*host.network_prefix(container), *own_mounts)


@retry(retry=retry_if_exception_type(UserError), stop=stop_after_attempt(_TRIES), wait=wait_fixed(1), reraise=True)
def _entered(host: Host, network: str, image: str, room: Room) -> str:
    """The container. Docker was seen to end one as it began, in a network that had just been made."""
    return room.enter(_held(host, network, image))


@contextmanager
def _held(host: Host, network: str, image: str) -> Generator[str]:
    api: Any = host.api
    name = f"{network}-drill-{secrets.token_hex(3)}"
    try:
        made = api.create_container(
            image,
            command=["cat"],
            entrypoint="",
            name=name,
            user="65534:65534",
            stdin_open=True,
            labels={LABEL: network},
            healthcheck={"test": ["NONE"]},
            host_config=api.create_host_config(
                auto_remove=True, network_mode=network, mem_limit="32m", cap_drop=["ALL"]
            ),
            networking_config=api.create_networking_config({network: api.create_endpoint_config()}),
        )
        container = str(made["Id"])
        # Attached before it starts: it then ends when this connection does (StdinOnce), even after a SIGKILL.
        held = api.attach_socket(container, params={"stdin": 1, "stream": 1})
    except (DockerException, OSError) as error:
        message = f"clients: must get a place in network {network}, but Docker says: {error}"
        raise UserError(message) from error
    try:
        api.start(container)
        _wait(host, container)
        yield container
    except APIError as error:
        message = f"clients: must get a place in network {network}, but Docker says: {error.explanation}"
        raise UserError(message) from error
    finally:
        with suppress(OSError):
            held.close()
        with suppress(NotFound, APIError):
            api.remove_container(container, force=True)


def _wait(host: Host, container: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while not host.running(container):
        if time.monotonic() > until:
            message = f"clients: their container must start within {_START_SECONDS:g} s"
            raise UserError(message)
        time.sleep(0.05)
