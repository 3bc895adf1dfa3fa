"""One flight for each key: who asks for what is under way already waits for that answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs a function once for all who ask at the same time; a client that goes away ends nobody's flight."""

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Task[T]] = {}

    def __len__(self) -> int:
        return len(self._under_way)

    async def run(self, key: str, make: Callable[[], Awaitable[T]]) -> T:
        """What the flight for that key brings, or its exception."""
        return await asyncio.shield(self.start(key, make))

    def start(self, key: str, make: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        """The flight for that key, under way."""
        if (task := self._under_way.get(key)) is not None:
            return task
        task = asyncio.ensure_future(_awaited(make))
        self._under_way[key] = task
        task.add_done_callback(lambda done: self._landed(key, done))
        return task

    def forget(self, key: str) -> None:
        """Who asks from now on starts another flight: what is under way may bring what has changed meanwhile."""
        self._under_way.pop(key, None)

    def _landed(self, key: str, task: asyncio.Task[T]) -> None:
        if self._under_way.get(key) is task:
            del self._under_way[key]
        if not task.cancelled():
            task.exception()  # taken note of, even where all who asked have gone


async def _awaited(make: Callable[[], Awaitable[T]]) -> T:
    return await make()
