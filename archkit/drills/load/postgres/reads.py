"""Reads of PostgreSQL by key, at a rate that a fixed number of connections serves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg

from archkit.drills.load.outcome import Kind, Outcome
from archkit.drills.load.postgres.workload import Connection, close, connected

_CREATE = """CREATE TABLE IF NOT EXISTS archkit_reads AS
    SELECT n AS id, 'row ' || n AS text FROM generate_series(1, 1000) AS n"""
_INDEX = "CREATE UNIQUE INDEX IF NOT EXISTS archkit_reads_id ON archkit_reads (id)"
_SELECT = "SELECT text FROM archkit_reads WHERE id = %s"
ROWS = 1000


@dataclass(kw_only=True)
class PostgresReads:
    """One SELECT of one row by its key after another.

    Args:
        at: Where they go.
        owner: Who may make the table; None where it is there already.
        readers: Connections; an operation waits for a free one.
        timeout_seconds: How long one may take, waiting included.

    """

    at: Connection
    owner: Connection | None = None
    readers: int = 8
    timeout_seconds: float = 5.0
    _free: asyncio.Queue[psycopg.AsyncConnection] | None = field(default=None, init=False, repr=False)

    async def prepare(self) -> None:
        if self.owner is not None:
            async with await connected(self.owner) as connection:
                await connection.execute(_CREATE)
                await connection.execute(_INDEX)
        self._free = asyncio.Queue()
        for _ in range(self.readers):
            self._free.put_nowait(await connected(self.at))

    async def operation(self, number: int) -> Outcome:
        assert self._free is not None, "prepare comes first"
        wanted = number % ROWS + 1
        try:
            async with asyncio.timeout(self.timeout_seconds):
                connection = await self._free.get()
                try:
                    row = await (await connection.execute(_SELECT, (wanted,))).fetchone()
                finally:
                    self._free.put_nowait(connection)
        except TimeoutError:
            return Outcome(Kind.TIMEOUT)
        except psycopg.Error:
            return Outcome(Kind.ERROR)
        return Outcome(Kind.OK if row == (f"row {wanted}",) else Kind.ERROR)

    async def verify(self) -> Mapping[str, int] | None:
        """Nothing was written."""
        return None

    async def close(self) -> None:
        while self._free is not None and not self._free.empty():
            await close(self._free.get_nowait())
