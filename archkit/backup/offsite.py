"""The site is lost: the first member's data are made from the offsite copy alone, on a host that has nothing else."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import docker
from docker.errors import NotFound

from archkit import console
from archkit.backup import moment
from archkit.backup.compare import Content, content
from archkit.backup.find import PSQL
from archkit.backup.runner import Restored, remove
from archkit.errors import UserError
from archkit.graph import Graph
from archkit.labels import COMPONENT, STACK
from archkit.plain import mapping, text
from archkit.stack.docker import client, services
from components.backup.local import layout
from components.backup.local.material import cipher_key
from components.naming import IMAGES
from components.secrets import Derived, root_problem

_CONFIGURATION = "/run/secrets/offsite.conf"
_IMAGE = f"{IMAGES}/postgresql:"
_FIRST = "member-1"


@dataclass(frozen=True, kw_only=True)
class Site:
    """What is to be restored, as the design says it.

    Args:
        stack: Its name.
        backup: The design's name for the backup.
        database: The design's name for the database.
        image: A data member's; it must be on this host.

    """

    stack: str
    backup: str
    database: str
    image: str

    @property
    def source(self) -> str:
        """The volume with the offsite copies."""
        return f"{self.stack}-{self.backup}-offsite"


@dataclass(frozen=True, kw_only=True)
class Filled:
    """Args: `volume` that now holds the data, what is in it, and after how many `seconds`."""

    volume: str
    tables: Mapping[str, Content]
    seconds: float

    def document(self) -> dict[str, Any]:
        """As plain data."""
        rows = {table: one.rows for table, one in self.tables.items()}
        return {"volume": self.volume, "rows": rows, "seconds": round(self.seconds, 2)}


def site(graph: Graph, stack: str, database: str | None) -> Site:
    """The one database of a design that is meant, and what copies it.

    Raises:
        UserError: The design has no offsite copies, or several databases and none was named.

    """
    names = {one.urn: one.name for one in graph.resources}
    found = [
        (one.name, names[text(link["to"])])
        for one in graph.resources
        if not one.custom
        and one.outputs.get("capability") == "backup"
        and "offsite_seconds" in mapping(one.outputs.get("recovery_point"))
        for link in one.outputs["links"]
    ]
    chosen = [pair for pair in found if database in (None, pair[1])]
    if len(chosen) != 1:
        known = ", ".join(pair[1] for pair in found) or "none"
        message = f"--database: must be one with offsite copies, got {database or 'none'}; {stack} has {known}"
        raise UserError(message)
    image = next(
        text(one.inputs["name"])
        for one in graph.of_type("docker:index/remoteImage:RemoteImage")
        if text(one.inputs["name"]).startswith(_IMAGE)
    )
    return Site(stack=stack, backup=chosen[0][0], database=chosen[0][1], image=image)


def key_of(root: str | None) -> str:
    """The stack's secret, from which the key of its copies follows.

    Raises:
        UserError: There is none: a new one would open nothing.

    """
    if root is None or root_problem(root):
        message = (
            "key: must follow from the secret `archkit:secret` of the lost site, got none; bring that stack's own file "
            "and its passphrase: a new secret opens none of its copies"
        )
        raise UserError(message)
    return root


def restore(config: Mapping[str, Any], wanted: Site, at: datetime | None, root: str) -> Filled:
    """Fills the volume of the first member; `archkit up` then makes the rest around it.

    Args:
        config: The stack's.
        wanted: What is to be restored.
        at: The point in time; None: the newest that arrived offsite.
        root: The stack's secret, from which the key follows.

    Raises:
        UserError: Something of the stack runs or has data, the offsite copy is not there, or the key is another; then
            everything is as before.

    """
    daemon = client(config)
    _refuse(daemon, wanted)
    volume = f"{wanted.stack}-{wanted.database}-{_FIRST}"
    name = f"{wanted.stack}-{wanted.database}-from-offsite"
    began = time.monotonic()
    with _secret(daemon, wanted, root) as secret:
        made = Restored(
            config=config,
            stack=wanted.stack,
            database=wanted.database,
            name=name,
            image=wanted.image,
            options=moment.target(at),
            secrets=[secret],
            environment=[f"PGBACKREST_CONFIG={_CONFIGURATION}"],
            volume=volume,
            more_mounts=[
                {"Type": "volume", "Source": wanted.source, "Target": layout.OFFSITE_VOLUME, "ReadOnly": True}
            ],
        )
        try:
            with console.step(f"restoring {wanted.database} from the offsite copy in {wanted.source}"):
                made.begin()
                inside = made.wait()
            tables = content(inside)
            # What pgBackRest told this server to restore from must not hold for the members that follow.
            inside.run(*PSQL, "-c", "ALTER SYSTEM RESET ALL", "postgres")
            remove(config, name, volume=False)
        except BaseException:
            remove(config, name, volume=False)
            _remove_volume(daemon, volume)
            raise
    return Filled(volume=volume, tables=tables, seconds=time.monotonic() - began)


def _refuse(daemon: docker.DockerClient, wanted: Site) -> None:
    if services(daemon, wanted.stack):
        message = (
            f"restore: nothing of {wanted.stack!r} may run, got a stack that does; `archkit restore {wanted.stack} "
            "--to TIME` restores beside it, or remove what is left by `archkit destroy`"
        )
        raise UserError(message)
    mine: dict[str, Any] = {"label": [f"{STACK}={wanted.stack}", f"{COMPONENT}={wanted.database}"]}
    if left := sorted(text(one.name) for one in daemon.volumes.list(filters=mine)):
        message = (
            f"restore: no volume of {wanted.database!r} may be there, got {', '.join(left)}; it may hold what was "
            f"written last: keep it elsewhere, or remove it, then restore; `archkit up {wanted.stack}` "
            "starts from it as it is"
        )
        raise UserError(message)
    try:
        daemon.volumes.get(wanted.source)
    except NotFound:
        message = (
            f"restore: the offsite copies must be on this host as the volume {wanted.source!r}, got none; bring the "
            "offsite server's disk here under that name"
        )
        raise UserError(message) from None


@contextmanager
def _secret(daemon: docker.DockerClient, wanted: Site, root: str) -> Generator[dict[str, Any]]:
    """The configuration with the key, as a Docker secret for as long as it is needed."""
    derived = Derived(root=root, stack=wanted.stack, component=wanted.backup)
    lines = [
        "[global]",
        f"repo1-path={layout.offsite_folder(wanted.database)}",
        "repo1-cipher-type=aes-256-cbc",
        f"repo1-cipher-pass={cipher_key(derived, wanted.database, layout.OFFSITE)}",
        "log-level-file=off",
        "lock-path=/tmp/pgbackrest",
        f"[{wanted.database}]",
        "pg1-path=/var/lib/postgresql/member/data",
    ]
    api: Any = daemon.api
    name = f"{wanted.stack}-{wanted.database}-from-offsite"
    made = api.create_secret(name, "\n".join(lines).encode(), labels={STACK: wanted.stack})
    try:
        file = {"Name": _CONFIGURATION, "UID": "10001", "GID": "10001", "Mode": 0o400}
        yield {"SecretID": made["ID"], "SecretName": name, "File": file}
    finally:
        api.remove_secret(made["ID"])


def _remove_volume(daemon: docker.DockerClient, name: str) -> None:
    try:
        daemon.volumes.get(name).remove()
    except NotFound:
        return
