"""Where a stack's copies are kept, and where its databases run: asked of Docker, by the kit's labels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import docker

from archkit.backup.inside import Inside
from archkit.errors import UserError
from archkit.labels import COMPONENT, ROLE
from archkit.plain import items, mapping, text
from archkit.stack.docker import clients, name_of, services
from archkit.stack.running import tasks

PLAN = "ARCHKIT_BACKUP"
SITE, OFFSITE = 1, 2
PLACES = {SITE: "site", OFFSITE: "offsite"}


@dataclass(frozen=True, kw_only=True)
class Repository:
    """The repository host of one database.

    Args:
        stack: `api-local`.
        backup: The design's name for the backup.
        database: The design's name for the database, and pgBackRest's stanza.
        schedule: Crontab's five fields, UTC.
        numbers: pgBackRest's numbers of its repositories: 1, and 2 where copies are offsite too.
        inside: Runs commands in it.

    """

    stack: str
    backup: str
    database: str
    schedule: str
    numbers: Sequence[int]
    inside: Inside


def repositories(config: Mapping[str, Any], stack: str, database: str | None = None) -> list[Repository]:
    """The repository hosts of a stack that run, of one database or of all.

    Raises:
        UserError: The stack is not local or not deployed, it has no backup, or no such database is copied.

    """
    _local(config, stack)
    daemons = clients(config)
    found = services(daemons[0], stack)
    if not found:
        message = (
            f"stack: {stack!r} is not deployed on this Docker daemon; run `archkit up {stack}`, or, where the site is "
            f"lost, `archkit restore {stack} --offsite` before it"
        )
        raise UserError(message)
    made = [one for service in found if (one := _repository(daemons, stack, service)) is not None]
    if not made:
        message = f"stack: {stack!r} must have a backup, got none; the design asks for one by `target.backup`"
        raise UserError(message)
    if database and database not in {one.database for one in made}:
        known = ", ".join(sorted(one.database for one in made))
        message = f"--database: must be one that is copied, got {database!r}; {stack} has {known}"
        raise UserError(message)
    return [one for one in made if database in (None, one.database)]


def one_repository(config: Mapping[str, Any], stack: str, database: str | None) -> Repository:
    """The repository host of the one database that is meant.

    Raises:
        UserError: As `repositories`, or there are several and none was named.

    """
    found = repositories(config, stack, database)
    if len(found) > 1:
        known = ", ".join(sorted(one.database for one in found))
        message = f"--database: must be given, got none; {stack} has {known}"
        raise UserError(message)
    return found[0]


def members(config: Mapping[str, Any], stack: str, database: str) -> list[Inside]:
    """The data members of a database that run."""
    daemons = clients(config)
    return [
        found
        for one in tasks(daemons, stack)
        if (one.component, one.role) == (database, "member") and (found := Inside.of(daemons, one.container))
    ]


def primary(config: Mapping[str, Any], stack: str, database: str) -> Inside | None:
    """The member that takes writes; None where none does at the moment."""
    for one in members(config, stack, database):
        done = one.run(*PSQL, "-c", "SELECT pg_is_in_recovery()", "postgres")
        if done.code == 0 and done.out.strip() == "f":
            return one
    return None


def sql(of: Inside, *statements: str, database: str = "postgres") -> str:
    """What a member, or what was restored, answers to statements: the system's own account, over the socket.

    Raises:
        UserError: One of them failed.

    """
    done = of.run(*PSQL, *(part for one in statements for part in ("-c", one)), database)
    if done.code != 0:
        message = f"database: must take {'; '.join(statements)!r}, got {done.said.strip()[-200:]}"
        raise UserError(message)
    return done.out.strip()


PSQL = ("psql", "--no-psqlrc", "--quiet", "-At", "--set=ON_ERROR_STOP=1", "--host=/tmp")


def _repository(daemons: list[docker.DockerClient], stack: str, service: Any) -> Repository | None:
    spec = mapping(mapping(service.attrs)["Spec"])
    labels = mapping(spec.get("Labels"))
    if labels.get(ROLE) != "repository":
        return None
    container = mapping(mapping(spec["TaskTemplate"])["ContainerSpec"])
    environment = dict(text(one).split("=", 1) for one in items(container.get("Env")))
    plan = json.loads(environment[PLAN])
    mine = [one for one in items(service.tasks(filters={"desired-state": "running"})) if one["Status"].get("State")]
    running = [mapping(mapping(one["Status"]).get("ContainerStatus")).get("ContainerID") for one in mine]
    inside = next((found for one in running if (found := Inside.of(daemons, text(one)))), None)
    if inside is None:
        message = (
            f"backup/{labels[COMPONENT]}: the repository host {name_of(service)} must run, got none; "
            f"see `archkit status {stack}`"
        )
        raise UserError(message)
    return Repository(
        stack=stack,
        backup=text(labels[COMPONENT]),
        database=text(plan["stanza"]),
        schedule=text(plan["schedule"]),
        numbers=[int(one) for one in items(plan["repositories"])],
        inside=inside,
    )


def _local(config: Mapping[str, Any], stack: str) -> None:
    if config.get("archkit:target") != "local":
        message = (
            f"stack: must be a local one, got {stack!r} on aws; AWS Backup holds its copies: see `aws backup "
            "list-recovery-points-by-backup-vault`, and `aws backup start-restore-job` to restore one"
        )
        raise UserError(message)
