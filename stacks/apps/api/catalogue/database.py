"""One endpoint of the database: a pool, and around it a bulkhead, a breaker and a time-out."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
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
# Kept open: each new one takes pooler and replica some 30 ms of processor time together (TLS and SCRAM), and a pooler,
# which has one thread, answers nobody meanwhile. A replica that opens eight at its first requests lets them all wait.
LEAST_CONNECTIONS = 2
# Work that nobody waits for any more may end by itself for so long, so that its connection can be used again: to cut
# each at once, when many are late, brings as many new ones, and those make all others late.
LATE_SECONDS = 2.0
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
            min_size=min(LEAST_CONNECTIONS, limit),
            max_size=limit,
            max_lifetime=LIFETIME_SECONDS,
            # Who gives up soon tries anew soon: the time between two tries doubles otherwise.
            reconnect_timeout=CONNECT_SECONDS,
            timeout=CONNECT_SECONDS,
            open=False,
        )
        self._at_work: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Begins; nobody waits for a first connection, since a replica lives without the database as well."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        if self._at_work:
            await asyncio.wait(self._at_work.copy(), timeout=1)
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
            self._queries.inc()
            # Of its own: it outlives a request that has gone, and gives the connection back.
            task = asyncio.create_task(self._on(connection, work, progress, left(seconds)))
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
            return await _in_time(left(seconds), task, progress)
        except _SAID:
            raise
        except _FAILURES as error:
            log("warning", "the database did not answer", role=self.role, reason=f"{type(error).__name__}: {error}")
            unknown = progress.committing and not _undone(error)
            raise UnavailableError(f"{self.role}: {type(error).__name__}", outcome_unknown=unknown) from error

    async def _on(
        self, connection: Connection, work: Callable[[Connection], Awaitable[T]], progress: _Progress, seconds: float
    ) -> T:
        """The work as one transaction, after which the connection is given back; cut where it is much too late.

        A connection to a host that is gone would not even take a cancel request.
        """
        end = asyncio.get_running_loop().call_later(seconds + LATE_SECONDS, _cut, connection)
        try:
            return await _transaction(connection, work, progress)
        finally:
            end.cancel()
            await self._pool.putconn(connection)


@dataclass
class _Progress:
    """How far a transaction came.

    Args:
        committing: The commit may have been sent. Before that nothing of it can last, whatever happens.
        abandoned: Whoever began it has been told that it did not end in time: it must not be committed any more.

    """

    committing: bool = False
    abandoned: bool = False


async def _in_time(seconds: float, task: asyncio.Task[T], progress: _Progress) -> T:
    """What the task brings, or a TimeoutError in time."""
    done: set[asyncio.Task[T]] = set()
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    finally:  # also where nobody waits for the answer any more
        progress.abandoned = not done
    if not done:
        task.add_done_callback(lambda late: late.cancelled() or late.exception())  # it has been told
        raise TimeoutError(f"no answer within {seconds:.2g} s")
    return task.result()


async def _transaction(connection: Connection, work: Callable[[Connection], Awaitable[T]], progress: _Progress) -> T:
    async with connection.transaction():
        done = await work(connection)
        if progress.abandoned:
            raise _AbandonedError
        progress.committing = True
    return done


class _AbandonedError(Exception):
    """Undoes a transaction that nobody waits for any more."""


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
