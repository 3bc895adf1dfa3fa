"""One endpoint of the database: a pool, and around it a bulkhead, a breaker and a time-out."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from appkit.authorities import authority
from appkit.breaker import Breaker, CircuitOpenError
from appkit.bulkhead import Bulkhead
from appkit.credentials import NoCredentialsError, password
from appkit.deadline import left, within
from appkit.links import Address, Link
from appkit.observe import log
from prometheus_client import Counter
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from catalogue.unavailable import UnavailableError

T = TypeVar("T")
Connection = psycopg.AsyncConnection[DictRow]

PLACE_SECONDS = 0.5  # who waits longer for a connection is told to come again
WAITING = 64
CONNECT_SECONDS = 2
LIFETIME_SECONDS = 600.0  # a connection to who was the primary an hour ago is of no use
# Answers of a database that works: whoever asked decides what to do.
_SAID = (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.LockNotAvailable)
# A commit that ends like this was undone, as the database itself says; after any other end nobody knows. A pooler
# speaks of a server that is gone with an SQLSTATE as well: that one says nothing of the commit.
_UNDONE = ("23", "25", "40")
_FAILURES = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, TimeoutError, NoCredentialsError, OSError)


class Endpoint:
    """Writer or reader.

    Args:
        role: `writer` or `reader`, for metrics.
        address: Where it answers.
        link: As whom.
        limit: Connections, and so queries at once.
        queries: Counts them by role.

    """

    def __init__(self, role: str, address: Address, link: Link, *, limit: int, queries: Counter) -> None:
        self.role = role
        self.breaker = Breaker(f"database-{role}", (UnavailableError,))
        self._queries = queries.labels(role)
        self._places = Bulkhead(limit, waiting=WAITING, seconds=PLACE_SECONDS)
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            kwargs=_parameters(address, link),
            connection_class=_connection_class(address, link),
            min_size=0,
            max_size=limit,
            max_lifetime=LIFETIME_SECONDS,
            # Who gives up soon tries anew soon: the time between two tries doubles otherwise.
            reconnect_timeout=CONNECT_SECONDS,
            timeout=CONNECT_SECONDS,
            open=False,
        )

    async def open(self) -> None:
        """Begins; nobody waits for a first connection, since a replica lives without the database as well."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        await self._pool.close(timeout=1)

    async def run(self, work: Callable[[Connection], Awaitable[T]], *, seconds: float) -> T:
        """The work on one connection, as one transaction.

        Args:
            work: Given the connection.
            seconds: For all of it, waiting included; no more than the request has left.

        Raises:
            psycopg.errors.ReadOnlySqlTransaction: It is no primary.
            psycopg.errors.LockNotAvailable: Somebody else changes the same row.
            OverloadedError: Too many queries at once.
            UnavailableError: It did not answer in time, or is left alone for a while.

        """
        with within(seconds):
            async with self._places.place():
                try:
                    with self.breaker.call():
                        return await self._run(work, seconds)
                except CircuitOpenError as error:
                    raise UnavailableError(f"{self.role} is left alone for a while") from error

    async def _run(self, work: Callable[[Connection], Awaitable[T]], seconds: float) -> T:
        progress = _Progress()
        try:
            connection = await self._pool.getconn(timeout=left(seconds))
            try:
                self._queries.inc()
                return await _in_time(left(seconds), connection, _transaction(connection, work, progress))
            finally:
                await self._pool.putconn(connection)
        except _SAID:
            raise
        except _FAILURES as error:
            log("warning", "the database did not answer", role=self.role, reason=f"{type(error).__name__}: {error}")
            unknown = progress.committing and not _undone(error)
            raise UnavailableError(f"{self.role}: {type(error).__name__}", outcome_unknown=unknown) from error


@dataclass
class _Progress:
    """How far a transaction came.

    Args:
        committing: The commit may have been sent. Before that nothing of it can last, whatever happens.

    """

    committing: bool = False


async def _in_time(seconds: float, connection: Connection, work: Coroutine[Any, Any, T]) -> T:
    """The work, or a TimeoutError in time: a connection to a host that is gone would not even take a cancel request."""
    task = asyncio.ensure_future(work)
    done: set[asyncio.Task[T]] = set()
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    finally:  # also where nobody waits for the answer any more
        if not task.done():
            _cut(connection)
            await asyncio.wait({task})
    if not done:
        task.exception()
        raise TimeoutError(f"no answer within {seconds:g} s")
    return task.result()


async def _transaction(connection: Connection, work: Callable[[Connection], Awaitable[T]], progress: _Progress) -> T:
    async with connection.transaction():
        done = await work(connection)
        progress.committing = True
    return done


def _undone(error: Exception) -> bool:
    return isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(_UNDONE)


def _cut(connection: Connection) -> None:
    """Ends its socket, at once and on this side only; whoever waits on it sees the end.

    Where the other side or its own work ended it just before there is nothing to cut. That must not be an error: the
    connection would be given back while its work still uses it, and libpq ends the process (realloc: invalid pointer).
    """
    with suppress(OSError, psycopg.OperationalError), socket.socket(fileno=os.dup(connection.fileno())) as own:
        own.shutdown(socket.SHUT_RDWR)


def _parameters(address: Address, link: Link) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "host": address.host,
        "port": address.port,
        "dbname": link.database,
        "user": link.user,
        "connect_timeout": CONNECT_SECONDS,
        "row_factory": dict_row,
        # A pool in between gives each transaction another connection; RDS Proxy pins one that prepares statements.
        "prepare_threshold": None,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,  # milliseconds
        "application_name": "catalogue",
    }
    if link.ca_file:
        return {**parameters, "sslmode": "verify-full", "sslrootcert": authority(link.ca_file)}
    return parameters


def _connection_class(address: Address, link: Link) -> type[Connection]:
    class Authenticated(psycopg.AsyncConnection[DictRow]):
        """Proves who it is anew each time: a file may be renewed, a token lives for 15 minutes."""

        @classmethod
        async def connect(cls, conninfo: str = "", **kwargs: Any) -> Any:
            secret = await password(link, address, service="rds-db")
            if secret is not None:
                kwargs["password"] = secret
            return await super().connect(conninfo, **kwargs)

    return Authenticated
