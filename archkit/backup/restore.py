"""Restores a database to a point in time beside the one that runs, and compares the two by content."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from archkit import console
from archkit.backup import moment
from archkit.backup.compare import Compared, compared, content
from archkit.backup.find import PLACES, PSQL, SITE, Repository, members, primary
from archkit.backup.held import copies
from archkit.backup.inside import Inside
from archkit.backup.runner import Restored, exists, remove
from archkit.errors import UserError
from archkit.plain import items, mapping, text
from archkit.stack.docker import clients

_ARCHIVED_SECONDS = 90
_CONFIGURATION = "/etc/pgbackrest/pgbackrest.conf"
_ARCHIVE_SECRETS = ("archive-ca.pem", "archive.pem")
# A commit after the point in time, or the log would end before it and nobody could say that it was reached; then the
# segment is closed, so that it is sent.
_MARK = (
    "SELECT pg_logical_emit_message(true, 'archkit', 'restore');",
    "SELECT pg_walfile_name(pg_switch_wal());",
)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of it.

    Args:
        database: The design's name.
        at: The point in time; None: the newest.
        name: The service that holds what was restored.
        seconds: From the question to a database that answers.
        tables: Compared with what runs; empty where nothing runs.
        inside: What was restored.

    """

    database: str
    at: datetime | None
    name: str
    seconds: float
    tables: list[Compared]
    inside: Inside

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "database": self.database,
            "to": self.at.isoformat() if self.at else moment.LATEST,
            "name": self.name,
            "seconds": round(self.seconds, 2),
            "tables": [one.document() for one in self.tables],
        }


def service_name(repository: Repository, new: str) -> str:
    """The service's and the volume's name of what is restored as `new`.

    Raises:
        UserError: The name is that of what runs.

    """
    if new == repository.database:
        message = (
            f"--as: must be another name than the database's, got {new!r}, which runs; restore beside it, and put the "
            "content in its place with --replace"
        )
        raise UserError(message)
    return f"{repository.stack}-{repository.database}-{new}"


def restore(config: Mapping[str, Any], repository: Repository, at: datetime | None, name: str) -> Result:
    """Restores beside what runs; nothing of that is touched.

    Args:
        config: The stack's.
        repository: Of the database.
        at: The point in time; None: the newest.
        name: As `service_name` gives it.

    Raises:
        UserError: It cannot be reached, the name is taken, or restoring failed; then nothing is left of it.

    """
    held = [one for one in copies(repository) if one.place == PLACES[SITE]]
    moment.reachable(at, held, datetime.now(UTC))
    if exists(clients(config)[0], name):
        message = (
            f"--as: must be a name that is free, got {name!r}; remove what is there with --remove, or take another"
        )
        raise UserError(message)
    leader = primary(config, repository.stack, repository.database)
    if leader is not None:
        with console.step("sending what was written last"):
            send_the_log(leader)
    began = time.monotonic()
    made = _like_a_member(config, repository, at, name)
    try:
        with console.step(f"restoring {repository.database} as {name}"):
            made.begin()
            inside = made.wait()
        seconds = time.monotonic() - began
        tables: list[Compared] = []
        if leader is not None:
            with console.step("comparing rows and hashes of every table"), ThreadPoolExecutor(2) as both:
                tables = compared(*both.map(content, (inside, leader)))
    except BaseException:
        remove(config, name, volume=True)
        raise
    return Result(database=repository.database, at=at, name=name, seconds=seconds, tables=tables, inside=inside)


def send_the_log(leader: Inside) -> None:
    """Returns once all that was written until now is in the repository.

    Args:
        leader: Who takes writes.

    Raises:
        UserError: It does not close its log, or that does not arrive within 90 s.

    """
    marked = leader.run(*PSQL, "-c", _MARK[0], "-c", _MARK[1], "postgres")
    if marked.code != 0:
        message = f"restore: the database that runs must close its log, got {marked.said.strip()[-200:]}"
        raise UserError(message)
    wanted = marked.out.split()[-1]
    question = "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver"
    until = time.monotonic() + _ARCHIVED_SECONDS
    while time.monotonic() < until:
        last = leader.run(*PSQL, "-c", question, "postgres").out.strip()
        if last[:24] >= wanted:
            return
        time.sleep(0.1)
    message = (
        f"restore: the log must reach the repository within {_ARCHIVED_SECONDS} s, got none since; see `archkit logs`: "
        "is it there, and is its disk full?"
    )
    raise UserError(message)


def _like_a_member(config: Mapping[str, Any], repository: Repository, at: datetime | None, name: str) -> Restored:
    """With a member's image, its network to the repository and its certificate for it; with nothing else of it."""
    running = members(config, repository.stack, repository.database)
    if not running:
        message = (
            f"restore: a member of {repository.database!r} must run, got none; where the site is lost, restore with "
            "--offsite"
        )
        raise UserError(message)
    daemon: Any = clients(config)[0]
    label = mapping(mapping(running[0].daemon.containers.get(running[0].container).attrs)["Config"])["Labels"]
    service = daemon.services.get(text(mapping(label)["com.docker.swarm.service.id"]))
    task = mapping(mapping(mapping(service.attrs)["Spec"])["TaskTemplate"])
    container = mapping(task["ContainerSpec"])
    archive = daemon.networks.get(f"{repository.stack}-{repository.database}-archive").id
    return Restored(
        config=config,
        stack=repository.stack,
        database=repository.database,
        name=name,
        image=text(container["Image"]),
        options=moment.target(at),
        networks=[archive],
        secrets=[one for one in items(container["Secrets"]) if _is_for_the_archive(mapping(one))],
        files=[one for one in items(container["Configs"]) if mapping(one["File"])["Name"] == _CONFIGURATION],
        constraints=[text(one) for one in items(mapping(task.get("Placement")).get("Constraints"))],
    )


def _is_for_the_archive(secret: Mapping[str, Any]) -> bool:
    return text(mapping(secret["File"])["Name"]).endswith(_ARCHIVE_SECRETS)
