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


class SlowConnection:
    """One whose statement takes a while, unless its socket is ended before."""

    def __init__(self, seconds: float = 0.3) -> None:
        self._seconds = seconds
        self.own, self.server = socket.socketpair()
        self.in_use, self.given_back_in_use, self.committed = False, False, False
        self.given_back = 0

    def fileno(self) -> int:
        return self.own.fileno()

    @asynccontextmanager
    async def transaction(self):
        yield
        self.committed = True

    async def execute(self, *_) -> None:
        self.in_use = True
        self.own.setblocking(False)
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.own, 1), self._seconds)
            raise psycopg.OperationalError("the socket has ended")
        except TimeoutError:
            return
        finally:
            self.in_use = False


class WatchfulPool(FakePool):
    async def putconn(self, connection) -> None:
        connection.given_back_in_use = connection.in_use
        connection.given_back += 1

    async def close(self, timeout) -> None:
        pass


def slow(connection: SlowConnection) -> Endpoint:
    made = endpoint()
    made._pool = WatchfulPool(connection)
    return made


def test_who_is_late_is_told_so_in_time_and_the_connection_is_used_again_afterwards() -> None:
    connection = SlowConnection(0.4)

    async def test() -> None:
        began = time.monotonic()
        with pytest.raises(UnavailableError, match="TimeoutError"):
            await slow(connection).run(lambda one: one.execute("SELECT"), seconds=0.1)
        assert time.monotonic() - began < 0.3
        assert connection.given_back == 0, "libpq ends the whole process where two use one connection"
        await asyncio.sleep(0.5)
        assert (connection.given_back, connection.given_back_in_use) == (1, False)
        connection.server.setblocking(False)
        with pytest.raises(BlockingIOError):  # not cut: a new one for each late answer makes all others late
            connection.server.recv(1)

    asyncio.run(test())


def test_what_nobody_waits_for_any_more_is_not_committed() -> None:
    connection = SlowConnection(0.3)

    async def test() -> None:
        with pytest.raises(UnavailableError) as caught:
            await slow(connection).run(lambda one: one.execute("INSERT"), seconds=0.1)
        assert not caught.value.outcome_unknown, "it is told that it was not written"
        await asyncio.sleep(0.4)

    asyncio.run(test())
    assert connection.given_back == 1
    assert not connection.committed


def test_a_request_that_went_away_leaves_its_work_to_end_and_undoes_it() -> None:
    connection = SlowConnection(0.3)

    async def test() -> None:
        made = slow(connection)
        request = asyncio.ensure_future(made.run(lambda one: one.execute("INSERT"), seconds=5))
        await asyncio.sleep(0.1)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        await made.close()

    asyncio.run(test())
    assert (connection.given_back, connection.given_back_in_use, connection.committed) == (1, False, False)


@pytest.mark.parametrize("closed", [True, False])
def test_a_connection_that_nobody_answers_is_cut_and_not_kept_for_ever(monkeypatch, closed: bool) -> None:
    monkeypatch.setattr("catalogue.database.LATE_SECONDS", 0.2)
    connection = SlowConnection(0.9 if closed else 60)
    if closed:  # by the other side or its own work, a moment before: there is nothing to cut, and that is no error
        monkeypatch.setattr(connection, "fileno", gone)

    async def test() -> float:
        began = time.monotonic()
        with pytest.raises(UnavailableError, match="TimeoutError"):
            await slow(connection).run(lambda one: one.execute("SELECT"), seconds=0.1)
        while not connection.given_back:
            await asyncio.sleep(0.01)
        return time.monotonic() - began

    assert asyncio.run(asyncio.wait_for(test(), 5)) < (1.5 if closed else 0.6)
    assert not connection.given_back_in_use


def gone() -> int:
    raise psycopg.OperationalError("the connection is closed")
