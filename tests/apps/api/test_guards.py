"""Breaker and bulkhead: what keeps one slow part from taking every request with it."""

import asyncio

import pytest
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
