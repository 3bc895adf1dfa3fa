"""What a cache's own clients see of its failures: how long no write is taken, how many acknowledged ones are lost."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from archkit.bench.cache_stack import VALKEY, Caches, deployed_caches
from archkit.bench.rows import Row, kept, spread
from archkit.drills.faults import Freeze, Kill
from archkit.drills.injection import injected
from archkit.drills.journal import Journal
from archkit.drills.observe import wait_until_complete
from archkit.drills.victims import Member

GAP_SECONDS = 3.0  # the guide of settings that were measured: 1.8 to 2.3 s, with the same ones
GONE_SECONDS = 30.0
LEAST_WRITES = 500
STEADY_SECONDS, FROZEN_SECONDS = 3.0, 8.0
KILLED_RUN_SECONDS, FROZEN_RUN_SECONDS, GONE_RUN_SECONDS = 12.0, 16.0, 40.0
_COMPLETE_SECONDS = 90.0
# Four writers of the linked application, each of which waits 0.5 s for an answer and asks again; it prints what was
# acknowledged when, and how many of those keys are there at the end.
WRITERS = """
import threading

run, seconds, acknowledged, began = {!r}, {}, [], time.monotonic()


def write(who):
    one, number = cached.client("CATALOGUE", seconds=0.5), 0
    while time.monotonic() < began + seconds:
        key = f"{{run}}-{{who}}-{{number}}"
        number += 1
        try:
            one.set(key, "kept", 600)
        except (cached.redis.RedisError, OSError):
            time.sleep(0.02)
            continue
        acknowledged.append((time.monotonic() - began, key))
        time.sleep(0.005)


writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
for one in writers:
    one.start()
for one in writers:
    one.join()
keys = [key for _, key in acknowledged]
reading = cached.client("CATALOGUE", seconds=10)
try:
    there = sum(found is not None for found in reading.mget(keys)) if keys else 0
except cached.redis.RedisError:
    there = -1
print(json.dumps({{"moments": sorted(moment for moment, _ in acknowledged), "there": there}}))
"""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What four writers saw of one failure.

    Args:
        gap_seconds: The longest time between two acknowledged writes, or until the end.
        writes: How many were acknowledged.
        lost: How many of them were not there at the end.
        recovered: Whether writes were taken again.

    """

    gap_seconds: float
    writes: int
    lost: int
    recovered: bool


def measure(*, rounds: int = 3) -> list[Row]:
    """The rows, on a stack of its own.

    Args:
        rounds: How often each failure is made.

    """
    rows: list[Row] = []
    with kept(rows, "caches made and removed"), deployed_caches() as caches:

        def runs(seconds: float, fail: Callable[[Caches], None]) -> list[Seen]:
            return [_run(caches, seconds, fail) for _ in range(rounds)]

        rows.append(gap_row("cache primary killed", runs(KILLED_RUN_SECONDS, _kill_primary), GAP_SECONDS))
        rows.append(gap_row("cache primary frozen", runs(FROZEN_RUN_SECONDS, _freeze_primary), GAP_SECONDS))
        rows.append(gap_row("whole cache killed", runs(GONE_RUN_SECONDS, _kill_all), GONE_SECONDS, keeps=False))
    return rows


def gap_row(what: str, seen: Sequence[Seen], target: float, *, keeps: bool = True) -> Row:
    """The longest gap of each run; a run that took no writes again, or had too few to show a gap, is not met."""
    gaps = [one.gap_seconds for one in seen]
    closed = all(one.recovered for one in seen)
    enough = all(one.writes >= LEAST_WRITES for one in seen)
    notes = [f"4 writers, {min(one.writes for one in seen)} to {max(one.writes for one in seen)} writes a run"]
    if keeps:
        notes.append(f"acknowledged and lost: {', '.join(str(one.lost) for one in seen)}")
    notes += [] if closed else ["writes were not taken again in time"]
    notes += [] if enough else ["too few writes prove nothing"]
    return Row(
        what=f"{what}: longest gap between acknowledged writes, s",
        target=f"<= {target:g}",
        measured=f"{median(gaps):.1f}",
        met=closed and enough and max(gaps) <= target,
        n=len(gaps),
        spread=spread(gaps),
        note="; ".join(notes),
    )


def seen_of(said: str, seconds: float) -> Seen:
    """What the writers' program printed, as figures."""
    document = json.loads(said)
    moments: list[float] = document["moments"]
    whole = [0.0, *moments, max(seconds, moments[-1] if moments else 0.0)]
    gaps = [later - earlier for earlier, later in pairwise(whole)]
    return Seen(
        gap_seconds=max(gaps),
        writes=len(moments),
        lost=len(moments) - int(document["there"]),
        recovered=bool(moments) and gaps[-1] < 1.0,
    )


def _run(caches: Caches, seconds: float, fail: Callable[[Caches], None]) -> Seen:
    wait_until_complete(caches.deployed, seconds=_COMPLETE_SECONDS)
    program = WRITERS.format(secrets.token_hex(3), seconds)
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(caches.as_application, program, seconds + 60)
        time.sleep(STEADY_SECONDS)
        fail(caches)
        said = writing.result()
    return seen_of(said, seconds)


def _kill_primary(caches: Caches) -> None:
    _kill(caches, [caches.primary()])


def _kill_all(caches: Caches) -> None:
    _kill(caches, caches.members(VALKEY))


def _kill(caches: Caches, victims: Sequence[Member]) -> None:
    faults = [Kill(host=one.host, container=one.container, label=one.name) for one in victims]
    with injected(*faults, journal=Journal(caches.name)):
        pass


def _freeze_primary(caches: Caches) -> None:
    victim = caches.primary()
    fault = Freeze(host=victim.host, container=victim.container, label=victim.name)
    with injected(fault, journal=Journal(caches.name)):
        time.sleep(FROZEN_SECONDS)
