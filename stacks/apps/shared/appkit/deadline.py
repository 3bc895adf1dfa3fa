"""How long a request may still take, known to whatever waits on its behalf: no hop outlasts the one above it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_END: ContextVar[float] = ContextVar("end", default=math.inf)


@contextmanager
def within(seconds: float, *, anew: bool = False) -> Iterator[None]:
    """What is awaited in the body, and in tasks that begin there, has so many seconds together.

    Args:
        seconds: From now on.
        anew: For what outlives the request that began it: its end does not count.

    """
    end = time.monotonic() + seconds
    before = _END.set(end if anew else min(end, _END.get()))
    try:
        yield
    finally:
        _END.reset(before)


def left(most: float) -> float:
    """Seconds that are left, `most` at most; 0 where the time is up."""
    return max(0.0, min(most, _END.get() - time.monotonic()))
