"""The application as its image holds it, and a cache and a database that do as a test says."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "stacks" / "apps" / "api"))
sys.path.insert(0, str(Path(__file__).parents[3] / "stacks" / "apps" / "shared"))

from catalogue.caching import CacheUnavailableError, CachingLayer, Entry, Found, Loaded, Policy
from catalogue.unavailable import UnavailableError


class FakeStore:
    """A cache in a dictionary, shared by the replicas of a test; `gone` stops it."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.tags: dict[str, str] = {}
        self.locked: set[str] = set()
        self.gone = False
        self._marks = 0

    async def read(self, key):
        await self._asked()
        return Found(entry=self.entries.get(key.name), version=self.tags.get(key.tag, ""))

    async def keep(self, key, entry, seconds):
        await self._asked()
        if not key.soft and self.tags.get(key.tag, "") != entry.version:
            return False
        self.entries[key.name] = entry
        return True

    async def invalidate(self, keys):
        await self._asked()
        for key in keys:
            self._marks += 1
            self.tags[key.tag] = f"mark-{self._marks}"
            if not key.soft:
                self.entries.pop(key.name, None)

    async def lock(self, key, seconds):
        await self._asked()
        if key.name in self.locked:
            return None
        self.locked.add(key.name)
        return key.name

    async def unlock(self, lock):
        await self._asked()
        self.locked.discard(lock)

    async def _asked(self) -> None:
        await asyncio.sleep(0)
        if self.gone:
            raise CacheUnavailableError("gone")


class FakeDatabase:
    """Counts its queries; each takes a moment, and brings what was written when it began."""

    def __init__(self) -> None:
        self.value, self.status = "one", 200
        self.queries = 0
        self.gone = False
        self.primary_gone = False
        self.fresh: list[bool] = []
        self.seconds = 0.01

    async def load(self, fresh: bool) -> Loaded:
        self.queries += 1
        self.fresh.append(fresh)
        found = Loaded(self.status, self.value, current=not (fresh and self.primary_gone))
        await asyncio.sleep(self.seconds)
        if self.gone:
            raise UnavailableError("gone")
        return found


class World:
    """One cache, one database, some replicas, and a clock that a test moves."""

    def __init__(self) -> None:
        self.store, self.database = FakeStore(), FakeDatabase()
        self.now = 1_000_000.0
        self.policy = Policy(fresh_seconds=10, stale_seconds=20, keep_seconds=100, negative_seconds=2)

    def replica(self) -> CachingLayer:
        return CachingLayer(self.store, self.policy, clock=lambda: self.now, jitter=lambda _low, _high: 1.0)


Test = Callable[[World], Coroutine[Any, Any, None]]


@pytest.fixture
def run() -> Callable[[Test], None]:
    """Runs a test's coroutine in a world of its own."""
    return lambda test: asyncio.run(asyncio.wait_for(test(World()), 20))
