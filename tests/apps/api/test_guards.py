"""Breaker and bulkhead: what keeps one slow part from taking every request with it."""

import asyncio
import socket
import threading
import time

import pytest
from appkit.answered import answered
from appkit.breaker import Breaker, CircuitOpenError
from appkit.bulkhead import Bulkhead, OverloadedError


class BrokenError(Exception):
    pass


def fail(breaker: Breaker, error: BaseException) -> None:
    with pytest.raises(type(error)), breaker.call():
        raise error


def test_it_opens_after_so_many_failures_in_a_row_and_others_do_not_count() -> None:
    breaker = Breaker("cache", (BrokenError,), threshold=3)
    fail(breaker, BrokenError())
    fail(breaker, BrokenError())
    fail(breaker, ValueError())  # says that it answers
    fail(breaker, BrokenError())
    fail(breaker, BrokenError())
    assert breaker.closed
    fail(breaker, BrokenError())

    assert not breaker.closed
    with pytest.raises(CircuitOpenError), breaker.call():
        pytest.fail("nothing goes through")


def test_one_trial_at_a_time_closes_it(monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr("circuitbreaker.monotonic", lambda: now[0])
    breaker = Breaker("cache", (BrokenError,), threshold=1, recovery_seconds=1)
    fail(breaker, BrokenError())
    now[0] = 2.0
    with breaker.call(), pytest.raises(CircuitOpenError), breaker.call():
        pytest.fail("the first trial has not ended")
    assert breaker.closed
    with breaker.call(), breaker.call():
        pass


def test_a_trial_that_fails_or_that_nobody_waits_for_leaves_it_open(monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr("circuitbreaker.monotonic", lambda: now[0])
    breaker = Breaker("cache", (BrokenError,), threshold=1, recovery_seconds=1)
    fail(breaker, BrokenError())
    for error in (BrokenError(), asyncio.CancelledError()):
        now[0] += 2.0
        fail(breaker, error)
        with pytest.raises(CircuitOpenError), breaker.call():
            pytest.fail("it was not proven to work")


def test_a_bulkhead_turns_away_who_would_wait_too_long_or_in_too_long_a_row() -> None:
    async def test() -> None:
        bulkhead = Bulkhead(1, waiting=1, seconds=0.05)
        async with bulkhead.place():
            waiting = asyncio.create_task(enter(bulkhead))
            await asyncio.sleep(0)
            with pytest.raises(OverloadedError, match="wait already"):
                await enter(bulkhead)
            with pytest.raises(OverloadedError, match="no place within"):
                await waiting
        await enter(bulkhead)

    async def enter(bulkhead: Bulkhead) -> None:
        async with bulkhead.place():
            pass

    asyncio.run(test())


def test_an_answer_that_came_in_time_counts_where_this_process_was_busy_meanwhile() -> None:
    """As in a stampede; the time-out of the standard library, which does not know, is the control."""

    async def run(limit: str) -> bytes:
        near, far = socket.socketpair()
        near.setblocking(False)
        loop = asyncio.get_running_loop()
        answer = threading.Timer(0.03, far.sendall, (b"answer",))
        answer.start()
        loop.call_later(0.01, time.sleep, 0.2)  # other requests
        try:
            if limit == "answered":
                return await answered(lambda: loop.sock_recv(near, 10), 0.1)
            async with asyncio.timeout(0.1):
                return await loop.sock_recv(near, 10)
        finally:
            answer.join()
            near.close()
            far.close()

    assert asyncio.run(run("answered")) == b"answer"
    with pytest.raises(TimeoutError):
        asyncio.run(run("asyncio.timeout"))


def test_who_does_not_answer_in_time_is_given_up_and_an_error_is_told() -> None:
    async def fails() -> None:
        raise BrokenError

    with pytest.raises(TimeoutError, match=r"no answer within 0\.05 s"):
        asyncio.run(answered(lambda: asyncio.sleep(5), 0.05))
    with pytest.raises(BrokenError):
        asyncio.run(answered(fails, 1))
