"""Time-outs that fit into each other, and what a client may be told of a write that nobody answered."""

import asyncio
import socket
import time
from contextlib import asynccontextmanager

import psycopg
import pytest
from appkit.bulkhead import Bulkhead, OverloadedError
from appkit.deadline import left, within
from appkit.links import Address, Link
from catalogue.database import Endpoint
from catalogue.unavailable import UnavailableError
from catalogue.writes import SECONDS, BusyError, Writes, Written
from prometheus_client import CollectorRegistry, Counter

WHERE = Address(host="db", port=5432)


class PoolerSaidError(psycopg.errors.ProtocolViolation):
    """As PgBouncer says that its server is gone: SQLSTATE 08P01."""


class FakeConnection:
    """A connection whose statement or commit ends as a test says."""

    def __init__(self, statement: BaseException | None, commit: BaseException | None) -> None:
        self._statement, self._commit = statement, commit
        self.statements = 0

    @asynccontextmanager
    async def transaction(self):
        yield
        if self._commit is not None:
            raise self._commit

    async def execute(self, *_):
        self.statements += 1
        if self._statement is not None:
            raise self._statement


class FakePool:
    def __init__(self, connection: FakeConnection) -> None:
        self._connection = connection

    async def getconn(self, timeout):
        return self._connection

    async def putconn(self, connection) -> None:
        pass


def endpoint(statement: BaseException | None = None, commit: BaseException | None = None) -> Endpoint:
    link = Link(name="DATABASE", primary=WHERE, reader=WHERE)
    queries = Counter("queries", "Transactions.", ("endpoint",), registry=CollectorRegistry())
    made = Endpoint("writer", WHERE, link, limit=2, queries=queries)
    made._pool = FakePool(FakeConnection(statement, commit))
    return made


def refusal(*errors: BaseException | None) -> UnavailableError:
    async def test() -> UnavailableError:
        with pytest.raises(UnavailableError) as caught:
            await endpoint(*errors).run(lambda connection: connection.execute("INSERT"), seconds=1)
        return caught.value

    return asyncio.run(test())


@pytest.mark.parametrize("error", [psycopg.OperationalError("gone"), PoolerSaidError("server conn crashed?")])
def test_a_commit_without_an_answer_is_unknown_whoever_says_so(error) -> None:
    assert refusal(None, error).outcome_unknown


def test_what_failed_before_its_commit_was_sent_is_not_written() -> None:
    assert not refusal(psycopg.OperationalError("gone"), None).outcome_unknown
    assert not refusal(PoolerSaidError("server conn crashed?"), None).outcome_unknown


def test_a_commit_that_the_database_undid_is_not_written() -> None:
    async def test() -> None:
        for error in (psycopg.errors.SerializationFailure("undone"), psycopg.errors.DeadlockDetected("undone")):
            with pytest.raises(UnavailableError) as caught:
                await endpoint(None, error).run(lambda connection: connection.execute("INSERT"), seconds=1)
            assert not caught.value.outcome_unknown

    asyncio.run(test())


def test_a_row_that_somebody_else_changes_says_busy_and_is_nothing_against_the_database() -> None:
    async def test() -> None:
        made = endpoint(psycopg.errors.LockNotAvailable("locked"))
        for _ in range(10):
            with pytest.raises(BusyError):
                await Writes(made).change("key-12345", 7, {})
        assert made.breaker.closed

    asyncio.run(test())


def test_a_write_is_tried_until_its_request_is_over_and_no_longer() -> None:
    async def test() -> float:
        began = time.monotonic()
        with within(0.6), pytest.raises(UnavailableError):
            await Writes(endpoint(psycopg.OperationalError("gone"))).remove("key-12345", 7)
        return time.monotonic() - began

    assert 0.3 < asyncio.run(test()) < 0.9


def test_a_write_that_is_kept_is_told_so_whatever_becomes_of_old_keys(monkeypatch) -> None:
    monkeypatch.setattr("catalogue.writes.FORGET_EVERY", 1)
    made = endpoint()
    writes = Writes(made)

    async def claimed(*_) -> Written:
        made._pool = FakePool(FakeConnection(psycopg.OperationalError("gone"), None))  # for what comes after it
        return Written(status=201)

    monkeypatch.setattr("catalogue.writes._claimed", claimed)

    assert asyncio.run(writes.remove("key-12345", 7)).status == 201
    assert made._pool._connection.statements == 1


def test_no_wait_outlasts_the_one_around_it() -> None:
    async def test() -> None:
        with within(10), within(0.5), within(5):
            assert 0.4 < left(SECONDS) <= 0.5
            assert await asyncio.create_task(remaining()) <= 0.5, "tasks belong to who began them"
            with within(5, anew=True):
                assert left(9) > 4, "what goes on in the background has a time of its own"
        assert left(3) == 3
        bulkhead = Bulkhead(1, waiting=1, seconds=5)
        async with bulkhead.place():
            with within(0.05), pytest.raises(OverloadedError):
                async with bulkhead.place():
                    pytest.fail("there was no place")

    async def remaining() -> float:
        return left(9)

    asyncio.run(asyncio.wait_for(test(), 3))


class UnpluggedConnection:
    """One whose other side is gone when its work is to be ended, and whose work ends a little later all the same."""

    def __init__(self, fileno: int | None) -> None:
        self._fileno = fileno
        self.in_use, self.given_back_in_use = False, False

    def fileno(self) -> int:
        if self._fileno is None:
            raise psycopg.OperationalError("the connection is closed")
        return self._fileno

    @asynccontextmanager
    async def transaction(self):
        self.in_use = True
        await asyncio.sleep(0.3)
        self.in_use = False
        yield


class WatchfulPool(FakePool):
    async def putconn(self, connection) -> None:
        connection.given_back_in_use = connection.in_use


@pytest.mark.parametrize("closed", [True, False])
def test_a_connection_is_given_back_only_when_its_work_has_ended(closed: bool) -> None:
    with socket.socket() as unconnected:  # to end it says: transport endpoint is not connected
        connection = UnpluggedConnection(None if closed else unconnected.fileno())
        made = endpoint()
        made._pool = WatchfulPool(connection)

        async def nothing(_) -> None:
            return

        with pytest.raises(UnavailableError, match="TimeoutError"):
            asyncio.run(made.run(nothing, seconds=0.1))

    assert not connection.given_back_in_use, "libpq ends the whole process then"


def test_a_request_that_nobody_waits_for_gives_its_connection_back_only_then_too() -> None:
    connection = UnpluggedConnection(None)
    made = endpoint()
    made._pool = WatchfulPool(connection)

    async def left_alone() -> None:
        async def nothing(_) -> None:
            return

        request = asyncio.ensure_future(made.run(nothing, seconds=5))
        await asyncio.sleep(0.1)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request

    asyncio.run(left_alone())

    assert not connection.given_back_in_use
