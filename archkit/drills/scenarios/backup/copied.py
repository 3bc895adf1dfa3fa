"""What the drills of backups share: which database is copied, by whom, and four writers that notice."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from archkit.backup.find import Repository, one_repository, primary, sql
from archkit.backup.inside import Inside
from archkit.drills.clients import Clients, Room
from archkit.drills.deployed import Deployed
from archkit.drills.load.postgres.clients import postgres_writes
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.errors import UserError
from archkit.graph import Resource
from archkit.plain import mapping, text


class OnBackup(Scenario):
    """What happens to the database that the design's first backup copies, seen by four writers."""

    def needs(self, deployed: Deployed) -> str | None:
        alone = None if deployed.lab is None else "needs a stack on this machine's own Docker, this one is in the lab"
        return requirements.first(requirements.has(deployed, "backup"), requirements.root(deployed), alone)

    def harms(self, deployed: Deployed) -> str:
        return database(deployed)

    def clients(self, deployed: Deployed, room: Room) -> Clients:
        return postgres_writes(deployed, database(deployed), room)


def backup(deployed: Deployed) -> Resource:
    """The design's first backup."""
    name = deployed.components("backup")[0]
    return next(one for one in deployed.graph.resources if not one.custom and one.name == name)


def database(deployed: Deployed) -> str:
    """The first database that it copies."""
    urn = text(mapping(backup(deployed).outputs["links"][0])["to"])
    return next(one.name for one in deployed.graph.resources if one.urn == urn)


def config(deployed: Deployed) -> Mapping[str, Any]:
    """Of the stack's configuration, what finding its servers takes."""
    return {"archkit:target": "local", "docker:host": deployed.manager.docker_host}


def repository(deployed: Deployed) -> Repository:
    """The repository host of that database."""
    return one_repository(config(deployed), deployed.stack, database(deployed))


def leader(deployed: Deployed) -> Inside:
    """The member that takes writes.

    Raises:
        UserError: None does.

    """
    found = primary(config(deployed), deployed.stack, database(deployed))
    if found is None:
        message = f"drill: a member of {database(deployed)} must take writes, got none"
        raise UserError(message)
    return found


@contextmanager
def archiving_stopped(member: Inside) -> Generator[None]:
    """The control: the primary lets its log go, and says that it was archived; a drill has to miss its promise then.

    Args:
        member: The primary.

    """
    sql(member, "ALTER SYSTEM SET archive_command = '/bin/true'", "SELECT pg_reload_conf()")
    try:
        yield
    finally:
        if member.daemon.containers.list(filters={"id": member.container}):
            sql(member, "ALTER SYSTEM RESET archive_command", "SELECT pg_reload_conf()")
