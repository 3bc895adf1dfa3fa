"""Writes to PostgreSQL, each with an identity that is looked for afterwards: what was acknowledged must be there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

import psycopg

from archkit.drills.load.history import Write
from archkit.drills.load.outcome import Kind, Outcome

_CREATE = """CREATE TABLE IF NOT EXISTS archkit_writes (
    run text NOT NULL, identity text NOT NULL, written timestamptz NOT NULL DEFAULT now())"""
_INSERT = "INSERT INTO archkit_writes (run, identity) VALUES (%s, %s)"
_SELECT = "SELECT identity FROM archkit_writes WHERE run = %s"
# 25006 read_only_sql_transaction: a proxy may call a member the primary a moment before its promotion ends.
# 57P03 cannot_connect_now, 08P01 of the pool, 53300 too many connections: nothing was done.
_SURELY_NOTHING = frozenset({"25006", "57P03", "53300"})
_VERIFY_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Where PostgreSQL answers, and how a client proves who it is.

    Args:
        host: Name or address; several by commas.
        port: TCP port.
        database: Its name.
        user: As whom.
        password_file: Holds the password; read when a connection is opened.
        ca_file: Who must have signed the server's certificate; empty to use no TLS.
        address: Where to connect where the name cannot be resolved here; the certificate is still held to `host`.
        connect_timeout_seconds: The least that libpq takes is 2.

    """

    host: str
    port: int = 5432
    database: str = "app"
    user: str = "app"
    password_file: str = ""
    ca_file: str = ""
    address: str = ""
    connect_timeout_seconds: int = 2

    def parameters(self) -> dict[str, str | int]:
        """As libpq takes them."""
        given: dict[str, str | int] = {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "user": self.user,
            "connect_timeout": self.connect_timeout_seconds,
            "application_name": "archkit-drill",
            "sslmode": "verify-full" if self.ca_file else "disable",
            # A peer that is gone is found out by the kernel, not after its two hours.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": 5000,
        }
        if self.ca_file:
            given["sslrootcert"] = self.ca_file
        if self.address:
            given["hostaddr"] = self.address
        if self.password_file:
            given["password"] = Path(self.password_file).read_text(encoding="utf-8").strip()
        return given


@dataclass(kw_only=True)
class PostgresWrites:
    """One INSERT in a transaction of its own after another, by a fixed number of writers.

    A write is acknowledged once COMMIT is answered. One without an answer is unknown: kept or not, both are right. It
    is never tried again, so that none is there twice.

    Args:
        writer: Where writes go.
        verify_at: Where they are looked for afterwards; the writer again unless given.
        owner: Who may make the table; None where it is there already.
        writers: Connections that write at once; an operation waits for a free one.
        timeout_seconds: How long one write may take, waiting included.
        run: Tells this run's writes from others'; random unless given.

    """

    writer: Connection
    verify_at: Connection | None = None
    owner: Connection | None = None
    writers: int = 4
    timeout_seconds: float = 60.0
    run: str = field(default_factory=lambda: token_hex(4))
    _free: asyncio.Queue[psycopg.AsyncConnection | None] | None = field(default=None, init=False, repr=False)

    async def prepare(self) -> None:
        if self.owner is not None:
            async with await connected(self.owner) as connection:
                await connection.execute(_CREATE)
        self._free = asyncio.Queue()
        for _ in range(self.writers):
            self._free.put_nowait(await connected(self.writer))

    async def operation(self, number: int) -> Outcome:
        assert self._free is not None, "prepare comes first"
        entry = Write(f"{self.run}-{number}")
        try:
            async with asyncio.timeout(self.timeout_seconds):
                connection = await self._free.get()
        except TimeoutError:
            return Outcome(Kind.REFUSED, entry=entry)  # no writer was free: it was never sent
        try:
            async with asyncio.timeout(self.timeout_seconds):
                if connection is None or connection.closed:
                    connection = None
                    connection = await connected(self.writer)
        except (TimeoutError, psycopg.Error, OSError):
            self._free.put_nowait(None)
            return Outcome(Kind.UNREACHABLE, entry=entry)
        outcome, kept = await self._write(connection, entry)
        self._free.put_nowait(connection if kept else None)
        return outcome

    async def _write(self, connection: psycopg.AsyncConnection, entry: Write) -> tuple[Outcome, bool]:
        """The outcome, and whether the connection may be used on."""
        try:
            async with asyncio.timeout(self.timeout_seconds):
                await connection.execute(_INSERT, (self.run, entry.identity))
        except TimeoutError:
            await close(connection)
            return Outcome(Kind.TIMEOUT, entry=entry), False
        except psycopg.Error as error:
            lost = connection.closed or error.sqlstate is None
            await close(connection)
            if error.sqlstate in _SURELY_NOTHING:
                return Outcome(Kind.REFUSED, entry=entry), False
            return Outcome(Kind.RESET if lost else Kind.ERROR, entry=entry), False
        return Outcome(Kind.OK, entry=entry), True

    async def verify(self) -> Mapping[str, int] | None:
        """What is there now; asked until somebody answers, for a minute."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _VERIFY_SECONDS
        while True:
            try:
                async with await connected(self.verify_at or self.writer) as connection:
                    found = await (await connection.execute(_SELECT, (self.run,))).fetchall()
                    return Counter(str(row[0]) for row in found)
            except (psycopg.Error, OSError):
                if loop.time() > until:
                    raise
                await asyncio.sleep(0.5)

    async def close(self) -> None:
        while self._free is not None and not self._free.empty():
            connection = self._free.get_nowait()
            if connection is not None:
                await close(connection)


async def connected(where: Connection) -> psycopg.AsyncConnection:
    """A new connection, each statement a transaction of its own."""
    # Without prepared statements: a pool by the transaction gives each one another connection.
    return await psycopg.AsyncConnection.connect(
        **where.parameters(),  # pyright: ignore[reportArgumentType] - libpq's own parameters, by name
        autocommit=True,
        prepare_threshold=None,
    )


async def close(connection: psycopg.AsyncConnection) -> None:
    """Closes one, broken or not."""
    try:
        await connection.close()
    except (psycopg.Error, OSError):  # it was broken before, which is why it is closed
        return
