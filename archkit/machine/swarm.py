"""Swarm mode: made where the node is in none; a swarm that is there is never left, whatever its state."""

import socket

from docker.errors import APIError, DockerException

from archkit.engine.progress import Progress
from archkit.errors import UserError
from archkit.machine import docker
from archkit.machine.findings import Finding, missing, ok

_LOOPBACK = "127.0.0.1"


def advertise_address() -> str:
    """The address of the default route's interface, else loopback: enough for a swarm of one node."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # A datagram socket's `connect` sends nothing: it only asks the kernel for a route. RFC 5737's TEST-NET-3.
            probe.connect(("203.0.113.1", 9))
        except OSError:
            return _LOOPBACK
        return str(probe.getsockname()[0])


def check() -> Finding:
    """The node is an active manager."""
    try:
        with docker.client(timeout_seconds=10) as daemon:
            swarm = daemon.info().get("Swarm", {})
    except (DockerException, OSError):
        return missing("swarm", "unknown: no Docker Engine answers", "see docker")
    state = swarm.get("LocalNodeState", "inactive")
    if state == "active" and swarm.get("ControlAvailable"):
        return ok("swarm", f"manager {swarm.get('NodeAddr')}, {swarm.get('Nodes', 1)} node(s)")
    remedies = {
        "inactive": ("the node is in no swarm", "archkit doctor --fix"),
        "active": ("the node is a worker", "point DOCKER_HOST at a manager, or `docker node promote` this node there"),
        "locked": ("the swarm is locked", "docker swarm unlock"),
        "pending": ("the node waits for its manager", "wait, or look into the daemon's log"),
    }
    found, remedy = remedies.get(state, (f"{state}: {swarm.get('Error') or 'no reason given'}", "see the daemon's log"))
    return missing("swarm", found, remedy)


def fix(progress: Progress) -> None:
    """Makes a swarm of one node, only where the node is in none.

    Raises:
        UserError: The daemon refused, or the node is in a swarm whose state is not ours to change.

    """
    with docker.client() as daemon:
        if daemon.info().get("Swarm", {}).get("LocalNodeState", "inactive") != "inactive":
            finding = check()
            raise UserError(f"swarm: {finding.detail}; {finding.remedy}")
        # A daemon elsewhere knows its own addresses better.
        address = advertise_address() if docker.socket_path() else None
        try:
            with progress.step(f"making a swarm of this node ({address or 'address chosen by the daemon'})"):
                daemon.swarm.init(advertise_addr=address)
        except APIError as error:
            raise UserError(f"swarm: the daemon refused to make one; {error.explanation}") from error
