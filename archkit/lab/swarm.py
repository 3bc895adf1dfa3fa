"""The three daemons as one swarm of managers."""

from __future__ import annotations

import time
from collections.abc import Sequence

import docker
from docker.errors import APIError, DockerException
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from archkit.errors import UserError
from archkit.lab.layout import OVERLAYS, Lab, Zone
from archkit.labels import ZONE
from archkit.plain import items, mapping, text

# Swarm's default is 5 s. With 1 s a lost zone is noticed in about 3 s instead of 11 s. The price: five times as many
# heartbeats, whose CPU `archkit bench lab` measures; and a daemon that hangs for 3 s, on a machine short of processor
# time, is taken for dead, and what it runs is started anew elsewhere.
HEARTBEAT_SECONDS = 1
_NANOSECONDS = 1_000_000_000
_PATIENCE_SECONDS = 60


def connect(zone: Zone, *, timeout: int = 30) -> docker.DockerClient:
    """A client of a zone's daemon, which waits so many seconds for each answer."""
    return docker.DockerClient(base_url=zone.docker_host, timeout=timeout)


@retry(
    retry=retry_if_exception_type(DockerException),
    stop=stop_after_delay(_PATIENCE_SECONDS),
    wait=wait_fixed(0.1),
    reraise=True,
)
def wait_for_daemon(zone: Zone) -> None:
    """Returns as soon as the zone's daemon answers."""
    client = docker.DockerClient(base_url=zone.docker_host, timeout=5)
    try:
        client.ping()
    finally:
        client.close()


def join(lab: Lab) -> None:
    """Makes the zones one swarm; zones that are in it already stay.

    Raises:
        UserError: They do not become one.

    """
    clients = {zone.name: connect(zone) for zone in lab.zones}
    inside = [zone for zone in lab.zones if _settled(clients[zone.name]) == "active"]
    first = inside[0] if inside else lab.zones[0]
    if not inside:
        _init(clients[first.name], first)
    token = mapping(mapping(clients[first.name].swarm.attrs or _reloaded(clients[first.name]))["JoinTokens"])["Manager"]
    for zone in lab.zones:
        if zone != first and zone not in inside:
            _join(clients[zone.name], zone, f"{first.address}:2377", text(token))
    wait_until_ready(lab)
    _label(clients[first.name], lab)


def members(lab: Lab, asked: Sequence[Zone] | None = None) -> dict[str, str]:
    """State of each zone's node as the first zone that answers sees it: `ready`, `down`; empty: nobody answers."""
    for zone in asked or lab.zones:
        if not zone.socket.exists():
            continue
        try:
            client = docker.DockerClient(base_url=zone.docker_host, timeout=5)
            nodes = [mapping(node.attrs) for node in client.nodes.list()]
        except (DockerException, OSError):
            continue
        return {text(mapping(node["Description"])["Hostname"]): _state(node) for node in nodes}
    return {}


def set_heartbeat(lab: Lab, seconds: int) -> None:
    """Another heartbeat for the swarm that runs."""
    client = connect(lab.zones[0])
    client.swarm.reload()
    client.swarm.update(dispatcher_heartbeat_period=seconds * _NANOSECONDS, name="default")


def wait_until_ready(lab: Lab, patience_seconds: float = _PATIENCE_SECONDS) -> None:
    """Returns as soon as every zone's node is ready and reachable.

    Raises:
        UserError: They are not, after all that time.

    """
    until = time.monotonic() + patience_seconds
    while True:
        seen = members(lab)
        if [seen.get(zone.hostname) for zone in lab.zones] == ["ready"] * len(lab.zones):
            return
        if time.monotonic() > until:
            message = f"lab: all zones must be ready after {patience_seconds:.0f} s, got {seen or 'no answer'}"
            raise UserError(message)
        time.sleep(0.1)


def _init(client: docker.DockerClient, zone: Zone) -> None:
    client.swarm.init(
        advertise_addr=zone.address,
        listen_addr=f"{zone.address}:2377",
        data_path_addr=zone.address,
        default_addr_pool=[OVERLAYS],
        subnet_size=24,
        dispatcher_heartbeat_period=HEARTBEAT_SECONDS * _NANOSECONDS,
    )


def _join(client: docker.DockerClient, zone: Zone, manager: str, token: str) -> None:
    """Joins the zone to the manager's swarm, where the order of a kit that was killed has not done so meanwhile."""
    try:
        client.swarm.join([manager], token, listen_addr=f"{zone.address}:2377", advertise_addr=zone.address)
    except APIError:
        if _settled(client) != "active":
            raise


def _settled(client: docker.DockerClient) -> str:
    """What the daemon says of its place in a swarm: `active`, `inactive`, `error`, or `pending` for too long.

    A daemon goes on with an order whose client was killed: until that has ended, it is `pending`, and refuses another.

    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        state = text(mapping(mapping(client.info()).get("Swarm")).get("LocalNodeState"))
        if state != "pending" or time.monotonic() > until:
            return state
        time.sleep(0.1)


def _reloaded(client: docker.DockerClient) -> dict[str, object]:
    client.swarm.reload()
    return mapping(client.swarm.attrs)


@retry(retry=retry_if_exception_type(APIError), stop=stop_after_delay(20), wait=wait_fixed(0.2), reraise=True)
def _label(client: docker.DockerClient, lab: Lab) -> None:
    """Tells each node its zone; "update out of sequence" is tried again."""
    zones = {zone.hostname: zone.name for zone in lab.zones}
    for node in items(client.nodes.list()):
        attributes = mapping(node.attrs)
        specification = mapping(attributes["Spec"])
        wanted = zones[text(mapping(attributes["Description"])["Hostname"])]
        labels = mapping(specification.get("Labels"))
        if labels.get(ZONE) != wanted:
            node.update({**specification, "Labels": {**labels, ZONE: wanted}})


def _state(node: dict[str, object]) -> str:
    reachable = text(mapping(node.get("ManagerStatus")).get("Reachability")) == "reachable"
    state = text(mapping(node["Status"]).get("State"))
    return state if state != "ready" or reachable else "unreachable"
