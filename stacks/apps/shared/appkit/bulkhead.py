"""A bulkhead: so many at once, so many who wait, so long; the next is turned away before it costs anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from appkit.deadline import left


class OverloadedError(Exception):
    """Too many at once; the same request may succeed a moment later."""


class Bulkhead:
    """Keeps one dependency that became slow from taking every request with it.

    Args:
        limit: At most so many at once.
        waiting: At most so many wait for their turn.
        seconds: So long at most, and no longer than their request may take.

    """

    def __init__(self, limit: int, *, waiting: int, seconds: float) -> None:
        self._places = asyncio.Semaphore(limit)
        self._most_waiting, self._seconds = waiting, seconds
        self._waiting = 0

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None]:
        """A place, as the body of `async with`; raises `OverloadedError` where there is none in time."""
        if self._places.locked() and self._waiting >= self._most_waiting:
            raise OverloadedError(f"{self._waiting} wait already")
        self._waiting += 1
        try:
            async with asyncio.timeout(left(self._seconds)):
                await self._places.acquire()
        except TimeoutError:
            raise OverloadedError(f"no place within {self._seconds:g} s") from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()
