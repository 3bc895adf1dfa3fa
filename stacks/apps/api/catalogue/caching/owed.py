"""What the cache has yet to be told: keys that a write changed while it did not answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from catalogue.caching.entry import Key
from catalogue.caching.store import CacheUnavailableError, Store

SECONDS = 0.5
MOST = 10_000  # beyond it the oldest go: their entries end by their time to live


class Owed:
    """Tells the cache again and again until it has heard.

    Lost with the process: an entry that it would have removed then lives on until its time to live ends it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys: dict[str, Key] = {}
        self._task: asyncio.Task[None] | None = None

    def owes(self, key: Key) -> bool:
        """Whether a write changed it, and the cache does not know yet."""
        return key.name in self._keys

    def owe(self, keys: Sequence[Key]) -> None:
        self._keys |= {key.name: key for key in keys}
        while len(self._keys) > MOST:
            self._keys.pop(next(iter(self._keys)))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._told())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _told(self) -> None:
        while self._keys:
            await asyncio.sleep(SECONDS)
            now = list(self._keys.values())
            try:
                await self._store.invalidate(now)
            except CacheUnavailableError:
                continue
            for key in now:
                if self._keys.get(key.name) is key:
                    del self._keys[key.name]
