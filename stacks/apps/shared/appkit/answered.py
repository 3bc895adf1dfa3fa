"""A time-out that counts how long the other side took, and not how long this process was busy meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
_TURNS = 3  # of the loop: one hears of the answer, the next hands it over, and one to spare


async def answered(work: Callable[[], Awaitable[T]], seconds: float) -> T:
    """What comes of the work; a TimeoutError where it does not end in time.

    A loop that was busy for longer than that learns of the time's end and of an answer that has come at once, and
    `asyncio.timeout` takes the former for the truth: in a stampede of 500 every replica then believed its cache gone.
    """
    task = asyncio.ensure_future(_awaited(work))
    task.add_done_callback(lambda done: done.cancelled() or done.exception())  # taken note of, whoever waits
    try:
        await asyncio.wait({task}, timeout=seconds)
        for _ in range(_TURNS):
            if task.done():
                return task.result()
            await asyncio.sleep(0)
        raise TimeoutError(f"no answer within {seconds:g} s")
    finally:
        task.cancel()


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
