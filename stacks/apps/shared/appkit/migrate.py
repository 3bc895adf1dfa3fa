"""Applies an application's migrations: each once, in order, by one at a time, and then says who may use what they made.

`python3 -m appkit.migrate [FOLDER]`; what it connects to is in `MIGRATION_*`, as in a link.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from appkit.authorities import authority
from appkit.credentials import aws_client
from appkit.links import Link
from appkit.observe import log

FOLDER = "/srv/migrations"
LOCK = 0x61726368  # any number, the same for all who migrate
LOCK_SECONDS = 60  # how long another migration is waited for
CONNECT_SECONDS = 30  # a database that was just made, or whose primary moves
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
)
"""
# Aurora's: who has it logs on by a token of an IAM role. No other PostgreSQL has a role of that name.
_IAM_ROLE = "rds_iam"


class MigrationError(Exception):
    """Nothing was applied, or not all; the text says which and why."""


@dataclass(frozen=True, kw_only=True)
class Migration:
    """One file of a folder."""

    name: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations(folder: Path) -> list[Migration]:
    """The migrations of a folder, in order; a MigrationError lists every name that is none."""
    found = sorted(folder.glob("*.sql"))
    problems = [
        f"migrations/{one.name}: must be NNNN_words.sql, got {one.name!r}; the number is its place"
        for one in found
        if not _NAME.fullmatch(one.name)
    ]
    numbers = [one.name[:4] for one in found]
    problems += [
        f"migrations/{number}: must stand once, got {numbers.count(number)}; two have no order"
        for number in sorted({one for one in numbers if numbers.count(one) > 1})
    ]
    if not found:
        problems.append(f"migrations: must hold a file, got none in {folder}; a schema begins with one")
    if problems:
        raise MigrationError("\n".join(problems))
    return [Migration(name=one.name, text=one.read_text(encoding="utf-8")) for one in found]


def migrate(connection: psycopg.Connection[Any], wanted: list[Migration], user: str) -> list[str]:
    """Applies what is missing, each in a transaction with its entry in the ledger; gives the names of those applied.

    Args:
        connection: As who owns the schema, straight to the primary: the lock lasts as long as the session.
        wanted: All migrations of this version. Those of a newer one may be there: a rollback runs on them.
        user: The application's role, which is made where it is missing.

    """
    connection.autocommit = True
    connection.execute("SET statement_timeout = 0")
    connection.execute("SET transaction_timeout = 0")
    connection.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
    try:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    except psycopg.errors.LockNotAvailable as error:
        raise MigrationError(f"another migration did not end within {LOCK_SECONDS} s") from error
    # A schema change that waits for a long query must not make all queries after it wait as well.
    connection.execute("SET lock_timeout = '5s'")
    _role(connection, user)
    connection.execute(_LEDGER)
    applied = []
    for one in _missing(connection, wanted):
        try:
            with connection.transaction():
                connection.execute(one.text.encode())
                connection.execute(
                    "INSERT INTO schema_migrations (name, sha256) VALUES (%s, %s)", [one.name, one.sha256]
                )
        except psycopg.Error as error:
            raise MigrationError(
                f"migrations/{one.name}: {_said(error)}; it was undone, and none after it began"
            ) from error
        log("info", "applied", migration=one.name)
        applied.append(one.name)
    _grant(connection, user)
    return applied


def _missing(connection: psycopg.Connection[Any], wanted: list[Migration]) -> Iterator[Migration]:
    rows = connection.execute("SELECT name, sha256 FROM schema_migrations").fetchall()
    known = {row[0]: row[1] for row in rows}
    changed = [
        f"migrations/{one.name}: must be as it was applied, got another text; write a new one instead"
        for one in wanted
        if known.get(one.name, one.sha256) != one.sha256
    ]
    if changed:
        raise MigrationError("\n".join(changed))
    return (one for one in wanted if one.name not in known)


def _role(connection: psycopg.Connection[Any], user: str) -> None:
    """The application's role, without a password: on AWS it logs on by a token; locally it is there already.

    A migration may act as it, to set what holds for its sessions (`ALTER ROLE`).
    """
    name = sql.Identifier(user)
    if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [user]).fetchall():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    if not connection.execute("SELECT WHERE pg_has_role(%s::name, 'SET')", [user]).fetchall():
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(name))
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [_IAM_ROLE]).fetchall():
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(_IAM_ROLE), name))


def _grant(connection: psycopg.Connection[Any], user: str) -> None:
    """The application reads and writes rows; it changes no schema, and not the ledger."""
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        "REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM {}",
    ):
        connection.execute(sql.SQL(statement).format(sql.Identifier(user)))


def connect(environment: Mapping[str, str]) -> psycopg.Connection[Any]:
    """A connection as who owns the schema; waits a while for a database that is coming up."""
    problems: list[str] = []
    link = Link.of("MIGRATION", environment, problems)
    if problems:
        raise MigrationError("\n".join(problems))
    user, password = _owner(link, environment)
    secured = {"sslmode": "verify-full", "sslrootcert": authority(link.ca_file)} if link.ca_file else {}

    @retry(
        retry=retry_if_exception_type(psycopg.OperationalError),
        stop=stop_after_delay(CONNECT_SECONDS),
        wait=wait_fixed(0.5),
        reraise=True,
    )
    def connected() -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=link.primary.host,
            port=link.primary.port,
            dbname=link.database,
            user=user,
            password=password,
            connect_timeout=5,
            target_session_attrs="read-write",
            application_name="migration",
            **secured,
        )

    try:
        return connected()
    except psycopg.OperationalError as error:
        raise MigrationError(f"the database did not answer within {CONNECT_SECONDS} s: {_said(error)}") from error


def _owner(link: Link, environment: Mapping[str, str]) -> tuple[str, str | None]:
    """User and password: from a file, or from the secret that the database's provider keeps and renews."""
    if secret := environment.get("MIGRATION_SECRET_ARN"):
        client = aws_client("secretsmanager", environment["MIGRATION_REGION"])
        kept = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
        return kept["username"], kept["password"]
    password = Path(link.password_file).read_text(encoding="utf-8").strip() if link.password_file else None
    return link.user, password


def _said(error: psycopg.Error) -> str:
    place = f" (at character {error.diag.statement_position})" if error.diag.statement_position else ""
    hint = f"; {error.diag.message_hint}" if error.diag.message_hint else ""
    return f"{error.diag.message_primary or error}{place}{hint}"


def main(arguments: list[str]) -> int:
    """0 where all are applied; 1 with the reason as its last lines."""
    try:
        wanted = migrations(Path(arguments[0] if arguments else FOLDER))
        with connect(os.environ) as connection:
            applied = migrate(connection, wanted, os.environ.get("MIGRATION_APPLICATION_USER", "app"))
    except (MigrationError, psycopg.Error, OSError) as error:
        for line in str(error).splitlines():
            log("error", line)
        return 1
    log("info", "all migrations are applied", known=len(wanted), now=len(applied))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
