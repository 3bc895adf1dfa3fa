"""Clients that stand inside a network of the stack, and what is left of them."""

import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from archkit.drills.clients import Room
from archkit.drills.faults.host import Host
from archkit.drills.inside import LABEL, client_inside
from archkit.errors import UserError
from archkit.machine import base_image
from archkit.stack.docker import client

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(90),
    pytest.mark.skipif(os.geteuid() != 0, reason="enters a container's network namespace, which takes root"),
]
HELD_BY_A_PROCESS = """
import sys, time
from contextlib import ExitStack
from pathlib import Path
from archkit.drills.clients import Room
from archkit.drills.faults.host import Host
from archkit.drills.inside import client_inside
with ExitStack() as ending:
    client_inside(Host(), sys.argv[1], sys.argv[2], Room(Path(sys.argv[3]), ending))
    print("inside", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def network():
    """An overlay network, and a server in it that only those inside can name."""
    docker = client()
    name = f"drilltest-{secrets.token_hex(3)}"
    made = docker.networks.create(name, driver="overlay", attachable=True, internal=True)
    server = docker.containers.run(base_image.TAG, ["sleep", "60"], name=f"{name}-server", network=name, detach=True)
    yield name
    server.remove(force=True)
    until = time.monotonic() + 20
    while held(name) and time.monotonic() < until:
        time.sleep(0.2)
    made.remove()


def held(network: str) -> list[str]:
    return [one.name for one in client().containers.list(all=True, filters={"label": f"{LABEL}={network}"})]


def resolved(prefix: tuple[str, ...], name: str) -> str:
    ask = [*prefix, sys.executable, "-c", f"import socket; print(socket.gethostbyname({name!r}))"]
    return subprocess.run(ask, capture_output=True, text=True, check=False, timeout=30).stdout.strip()


def test_names_of_the_network_resolve_inside_and_nothing_is_left_at_the_end(network: str, tmp_path: Path) -> None:
    with ExitStack() as ending:
        prefix = client_inside(Host(), network, base_image.TAG, Room(tmp_path, ending))
        inside = resolved(prefix, f"{network}-server")
        assert inside.count(".") == 3
        assert resolved((), f"{network}-server") == "", "outside nobody knows the name"
        assert len(held(network)) == 1

    assert held(network) == []


def test_a_drill_that_is_killed_leaves_no_container(network: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HELD_BY_A_PROCESS, network, base_image.TAG, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        assert len(held(network)) == 1
        process.send_signal(signal.SIGKILL)

    until = time.monotonic() + 15
    while held(network) and time.monotonic() < until:
        time.sleep(0.1)
    assert held(network) == []


def test_a_network_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        ExitStack() as ending,
        pytest.raises(UserError, match="clients: must get a place in network drilltest-no-such"),
    ):
        client_inside(Host(), "drilltest-no-such", base_image.TAG, Room(tmp_path, ending))
