"""Clients of a deployed database: they prove who they are and reach it as a linked application does."""

from __future__ import annotations

from archkit.drills.clients import Clients, Room
from archkit.drills.deployed import Deployed
from archkit.drills.inside import client_inside
from archkit.drills.load.postgres.workload import Connection, PostgresWrites
from archkit.errors import UserError
from components.database.contract import DATABASE, USER
from components.database.local.layout import OWNER, POOLER_PORT, WRITER_PORT
from components.secrets import Authority


def postgres_writes(
    deployed: Deployed, component: str, room: Room, *, writers: int = 4, rate: float = 100.0, away_from: str = ""
) -> Clients:
    """INSERTs by so many writers, each looked for afterwards, through the writer's endpoint.

    Args:
        deployed: The stack.
        component: The design's name of its database: `orders`.
        room: Of the run.
        writers: Connections that write at once.
        rate: Writes per second, all together.
        away_from: A zone that is about to be lost: the clients stand in another one.

    Raises:
        UserError: It takes root, or the stack's secret cannot be read.

    """
    pooled = any(one.service == deployed.service_name(f"{component}-writer") for one in deployed.population.members)
    connect = _connections(deployed, component, room, away_from=away_from)
    return Clients(
        workload=PostgresWrites(
            writer=connect("writer" if pooled else "proxy", POOLER_PORT if pooled else WRITER_PORT, USER),
            owner=connect("proxy", WRITER_PORT, OWNER),
            writers=writers,
        ),
        name=f"INSERT into {component}, {writers} writers",
        prefix=connect.prefix,
        rate=rate,
        drain_seconds=90,
    )


class Connections:
    """Makes connections to the parts of one database."""

    def __init__(self, deployed: Deployed, component: str, room: Room, prefix: tuple[str, ...]) -> None:
        self.prefix = prefix
        self._service = deployed.service_name(component)
        self._secrets = deployed.secrets(component)
        self._room = room
        self._authority = room.file(f"{component}-ca.pem", Authority(self._secrets).pem)

    def __call__(self, part: str, port: int, user: str) -> Connection:
        """To `writer`, `reader` (the pools) or `proxy`, as `app` or `owner`."""
        return Connection(
            host=f"{self._service}-{part}",
            port=port,
            database=DATABASE,
            user=user,
            password_file=self._room.file(f"{self._service}-{user}", self._secrets.password(user)),
            ca_file=self._authority,
        )


def _connections(deployed: Deployed, component: str, room: Room, *, away_from: str = "") -> Connections:
    """Makes connections from a place beside the database."""
    members = [one for one in deployed.population.members if one.component == component]
    if away_from:
        members = [one for one in members if one.zone != away_from]
    if not members:
        message = f"clients: must stand beside {component}, but nothing of it runs{_elsewhere(away_from)}"
        raise UserError(message)
    beside = min(members, key=lambda one: one.name)
    prefix = client_inside(beside.host, deployed.service_name(component), beside.image, room)
    return Connections(deployed, component, room, prefix)


def _elsewhere(zone: str) -> str:
    return f" outside zone {zone}" if zone else ""
