"""What the caching layer gives, where it came from, how long it is kept, and what it is loaded by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from catalogue.caching.entry import Entry


class Outcome(StrEnum):
    """Where an answer came from."""

    HIT = "hit"
    STALE = "stale"  # within the time that it may be, while a new one is fetched
    MISS = "miss"
    OWN = "own"  # without the cache: this replica fetched it within the last second
    LAST_KNOWN = "last-known"  # older than it should be: nothing newer can be had


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An entry, and where it came from."""

    entry: Entry
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How long answers are kept.

    Args:
        fresh_seconds: Given without a question.
        stale_seconds: After that, given while a new one is fetched.
        keep_seconds: After that, given where nothing newer can be had.
        negative_seconds: As `fresh_seconds`, for "there is none".

    """

    fresh_seconds: float = 60.0
    stale_seconds: float = 60.0
    keep_seconds: float = 3600.0
    negative_seconds: float = 5.0


class Loaded(NamedTuple):
    """What the database said.

    Args:
        status: 200 or 404.
        body: JSON text.
        current: False where it was asked for what was lately written, and only a replica could say.

    """

    status: int
    body: str
    current: bool = True


# What loads an answer. True: lately written, so that a replica of the database may not have it yet.
Load = Callable[[bool], Awaitable[Loaded]]
