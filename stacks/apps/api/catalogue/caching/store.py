"""The cache as the caching layer uses it: four operations, each within a tenth of a second or not at all."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from appkit.answered import answered
from appkit.breaker import Breaker, CircuitOpenError
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

from catalogue.caching.entry import FORMAT, Entry, Key

T = TypeVar("T")
TIMEOUT_SECONDS = 0.1
CLIENT_SECONDS = 1.0  # the client's own time-outs, which count what this process does meanwhile: for what is forgotten
PREFIX = f"catalogue:{FORMAT}"
# Longer than an entry is fresh and a load may take: no load that began before a write ends after its mark is gone.
MARK_SECONDS = 120
# An entry is kept only while its tag is what it was when the load began, or an old answer would outlive the write.
_KEEP = """
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
_FAILURES = (RedisError, OSError, TimeoutError)


class CacheUnavailableError(Exception):
    """The cache did not answer in time, or is left alone for a while."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is under a key, and the version of its tag: empty where nothing was written lately."""

    entry: Entry | None
    version: str


class Store(Protocol):
    """What the caching layer needs of a cache; each operation may raise `CacheUnavailableError`."""

    async def read(self, key: Key) -> Found: ...

    async def keep(self, key: Key, entry: Entry, seconds: float) -> bool:
        """Keeps it, unless its tag has changed since; whether it did."""
        ...

    async def invalidate(self, keys: Sequence[Key]) -> None: ...

    async def lock(self, key: Key, seconds: float) -> Lock | None:
        """The right to fetch for that key, among all replicas; None: somebody else has it."""
        ...

    async def unlock(self, lock: Lock) -> None: ...


class ValkeyStore:
    """Valkey, always its primary: a replica's lag would hide what was just invalidated."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._keep = client.register_script(_KEEP)
        self.breaker = Breaker("cache", (CacheUnavailableError,))

    async def close(self) -> None:
        await self._client.aclose()

    async def read(self, key: Key) -> Found:
        raw, version = await self._asked(lambda: self._client.mget(_entry(key), _tag(key.tag)))
        return Found(entry=Entry.decoded(raw), version=(version or b"").decode())

    async def keep(self, key: Key, entry: Entry, seconds: float) -> bool:
        milliseconds = max(1, round(seconds * 1000))
        if key.soft:  # under a tag that changes all the time it would never be kept; it is stale at once
            return bool(await self._asked(lambda: self._client.set(_entry(key), entry.encoded(), px=milliseconds)))
        arguments = [entry.version, entry.encoded(), milliseconds]
        return bool(await self._asked(lambda: self._keep(keys=[_entry(key), _tag(key.tag)], args=arguments)))

    async def invalidate(self, keys: Sequence[Key]) -> None:
        await self._asked(lambda: self._invalidated(keys, secrets.token_hex(8)))

    async def _invalidated(self, keys: Sequence[Key], mark: str) -> None:
        async with self._client.pipeline(transaction=True) as pipeline:
            for tag in {key.tag for key in keys}:
                pipeline.set(_tag(tag), mark, ex=MARK_SECONDS)
            for key in keys:
                if not key.soft:
                    pipeline.delete(_entry(key))
            await pipeline.execute()

    async def lock(self, key: Key, seconds: float) -> Lock | None:
        lock = self._client.lock(f"{PREFIX}:lock:{key.name}", timeout=seconds, blocking=False, thread_local=False)
        return lock if await self._asked(lock.acquire) else None

    async def unlock(self, lock: Lock) -> None:
        await self._asked(lambda: _released(lock))

    async def _asked(self, work: Callable[[], Awaitable[T]]) -> T:
        try:
            with self.breaker.call():
                try:
                    return await answered(work, TIMEOUT_SECONDS)
                except _FAILURES as error:
                    raise CacheUnavailableError(repr(error)) from error
        except CircuitOpenError as error:
            raise CacheUnavailableError("left alone for a while") from error


async def _released(lock: Lock) -> None:
    with contextlib.suppress(LockError):  # it ran out, and is somebody else's now
        await lock.release()


def _entry(key: Key) -> str:
    return f"{PREFIX}:entry:{key.name}"


def _tag(tag: str) -> str:
    return f"{PREFIX}:tag:{tag}"
