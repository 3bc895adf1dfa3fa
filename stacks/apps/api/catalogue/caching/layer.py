"""Cache-aside: from the cache where it is fresh, else from the database, once for all who ask."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Sequence

from appkit.bulkhead import OverloadedError
from appkit.deadline import left, within
from appkit.flight import SingleFlight
from appkit.observe import log

from catalogue.caching.answer import Answer, Load, Loaded, Outcome, Policy
from catalogue.caching.entry import Entry, Key
from catalogue.caching.last_known import LastKnown
from catalogue.caching.owed import Owed
from catalogue.caching.store import CacheUnavailableError, Store
from catalogue.unavailable import UnavailableError

JITTER = 0.1  # of a time to live: entries that were made together do not end together
LOCK_SECONDS = 2.0  # longer than a load may take; the holder may die
# Another replica's flight is waited for so long; what is left of a request's 1.2 s is enough for one's own. In a
# stampede of 500 a flight was measured to take 0.7 s, on two cores that also run database, cache and clients.
WAIT_SECONDS = 0.8
REFRESH_SECONDS = 1.2  # in the background, whatever the request had left that began it
POLL_SECONDS = 0.02
# With the cache gone a replica's own answer counts for so long: one query a second for each key, not one a request.
ALONE_SECONDS = 1.0


class CachingLayer:
    """Answers from the cache; from the database where it has none; the last known one where neither answers."""

    def __init__(
        self,
        store: Store,
        policy: Policy,
        *,
        last_known_megabytes: int = 16,
        protection: bool = True,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._store, self._policy, self._clock, self._jitter = store, policy, clock, jitter
        self._protection = protection
        self._flights: SingleFlight[Answer] = SingleFlight()
        self._refreshes: SingleFlight[None] = SingleFlight()
        self.last_known = LastKnown(last_known_megabytes)
        self._owed = Owed(store)

    async def get(self, key: Key, load: Load) -> Answer:
        """The answer for that key.

        Raises:
            UnavailableError: The database does not answer, and there is no last known answer.
            OverloadedError: It has too much to do, and there is none.

        """
        return await self._flights.run(key.name, lambda: self._fetched(key, load))

    async def invalidate(self, keys: Sequence[Key]) -> None:
        """Forgets what a write has changed; where the cache does not answer, it is told as soon as it does."""
        for key in keys:
            self._flights.forget(key.name)
            self.last_known.drop(key.name)
        try:
            await self._store.invalidate(keys)
        except CacheUnavailableError:
            self._owed.owe(keys)

    async def close(self) -> None:
        await self._owed.close()

    async def _fetched(self, key: Key, load: Load) -> Answer:
        try:
            found = await self._store.read(key)
        except CacheUnavailableError:
            return await self._alone(key, load)
        entry = found.entry
        usable = self._usable(key, entry, found.version)
        if usable is None:
            return await self._one_for_all(key, load, entry)
        if usable is Outcome.STALE:
            self._refreshes.start(key.name, lambda: self._refreshed(key, load))
        return self._given(key, entry, usable)

    def _usable(self, key: Key, entry: Entry | None, version: str) -> Outcome | None:
        now = self._clock()
        if entry is None or now >= entry.stale_until:
            return None
        current = entry.version == version
        if current and now < entry.fresh_until:
            return Outcome.HIT
        return Outcome.STALE if current or key.soft else None

    async def _one_for_all(self, key: Key, load: Load, old: Entry | None) -> Answer:
        """By one replica; the others wait until it is in the cache, or load it themselves where that takes too long."""
        give_up = time.monotonic() + left(WAIT_SECONDS)
        try:
            while (lock := await self._store.lock(key, LOCK_SECONDS)) is None and time.monotonic() < give_up:
                await asyncio.sleep(POLL_SECONDS * self._jitter(0.5, 1.5))
                found = await self._store.read(key)
                if (usable := self._usable(key, found.entry, found.version)) is not None:
                    return self._given(key, found.entry, usable)
        except CacheUnavailableError:
            return await self._alone(key, load)
        try:
            return await self._loaded(key, load, old)
        finally:
            if lock is not None:
                await self._unlocked(lock)

    async def _loaded(self, key: Key, load: Load, old: Entry | None) -> Answer:
        try:
            # Again: whoever had the lock before may have brought it.
            found = await self._store.read(key)
        except CacheUnavailableError:
            return await self._alone(key, load)
        if (usable := self._usable(key, found.entry, found.version)) is Outcome.HIT:
            return self._given(key, found.entry, usable)
        try:
            loaded = await load(found.version != "")
        except (UnavailableError, OverloadedError) as error:
            return self._degraded(key, old, error)
        entry = self._made(loaded, version=found.version)
        if not loaded.current:  # kept, it would hide the write from who asks after the primary is back
            return Answer(entry=entry, outcome=Outcome.LAST_KNOWN)
        self.last_known.put(key.name, entry)
        try:
            await self._store.keep(key, entry, entry.stale_until - entry.made_at + self._policy.keep_seconds)
        except CacheUnavailableError as error:
            log("warning", "an answer was not kept", key=key.name, reason=str(error))
        return Answer(entry=entry, outcome=Outcome.MISS)

    async def _alone(self, key: Key, load: Load) -> Answer:
        """Without the cache: slower, but right."""
        if not self._protection:
            raise UnavailableError("the cache does not answer")
        known = self.last_known.get(key.name)
        if known is not None and 0 <= self._clock() - known.made_at < ALONE_SECONDS:
            return Answer(entry=known, outcome=Outcome.OWN)
        try:
            loaded = await load(self._owed.owes(key))
        except (UnavailableError, OverloadedError) as error:
            return self._degraded(key, None, error)
        entry = self._made(loaded, version="")
        if not loaded.current:
            return Answer(entry=entry, outcome=Outcome.LAST_KNOWN)
        self.last_known.put(key.name, entry)
        return Answer(entry=entry, outcome=Outcome.MISS)

    def _degraded(self, key: Key, old: Entry | None, error: Exception) -> Answer:
        """The newest answer that is known, or what went wrong."""
        known = [one for one in (old, self.last_known.get(key.name)) if one is not None]
        if not known:
            raise error
        return Answer(entry=max(known, key=lambda one: one.made_at), outcome=Outcome.LAST_KNOWN)

    async def _refreshed(self, key: Key, load: Load) -> None:
        """In the background: nobody waits, so that who comes second leaves it to the first."""
        try:
            lock = await self._store.lock(key, LOCK_SECONDS)
        except CacheUnavailableError:
            return
        if lock is None:
            return
        try:
            with within(REFRESH_SECONDS, anew=True):
                await self._loaded(key, load, None)
        except (UnavailableError, OverloadedError) as error:
            log("warning", "an answer was not renewed", key=key.name, reason=str(error))
        finally:
            await self._unlocked(lock)

    async def _unlocked(self, lock: object) -> None:
        with contextlib.suppress(CacheUnavailableError):  # it runs out by itself
            await self._store.unlock(lock)

    def _given(self, key: Key, entry: Entry | None, outcome: Outcome) -> Answer:
        assert entry is not None
        self.last_known.put(key.name, entry)
        return Answer(entry=entry, outcome=outcome)

    def _made(self, loaded: Loaded, *, version: str) -> Entry:
        now = self._clock()
        policy = self._policy
        fresh = policy.negative_seconds if loaded.status == 404 else policy.fresh_seconds
        fresh *= self._jitter(1 - JITTER, 1 + JITTER)
        stale = 0.0 if loaded.status == 404 else policy.stale_seconds
        return Entry(
            status=loaded.status,
            body=loaded.body,
            made_at=now,
            fresh_until=now + fresh,
            stale_until=now + fresh + stale,
            version=version,
        )
