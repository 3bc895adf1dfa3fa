"""Work that a client orders: so much processor time, so much waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

MAX_CPU_MILLISECONDS = 1_000
MAX_WAIT_MILLISECONDS = 10_000
LIMITS = {"cpu_milliseconds": MAX_CPU_MILLISECONDS, "wait_milliseconds": MAX_WAIT_MILLISECONDS}


def ordered(query: Mapping[str, str]) -> tuple[dict[str, int], list[str]]:
    """What is ordered, and every problem with it as `path: rule, got value; reason`."""
    problems = [
        f"work/{name}: must be one of {', '.join(LIMITS)}, got {name!r}; nobody reads it"
        for name in query
        if name not in LIMITS
    ]
    amounts: dict[str, int] = {}
    for name, limit in LIMITS.items():
        text = query.get(name, "0")
        # `isdecimal` alone takes other scripts' digits, and a long text is a number that takes long to read.
        if text.isascii() and text.isdecimal() and len(text) <= len(str(limit)) and int(text) <= limit:
            amounts[name] = int(text)
        else:
            problems.append(
                f"work/{name}: must be a whole number from 0 to {limit}, got {text[:40]!r}; "
                "one request must not keep a replica from all others"
            )
    return amounts, problems


async def do(amounts: Mapping[str, int]) -> None:
    """Does it: processor time in a thread, so that health checks are answered meanwhile."""
    if amounts["cpu_milliseconds"]:
        await asyncio.get_running_loop().run_in_executor(None, burn, amounts["cpu_milliseconds"] / 1000)
    if amounts["wait_milliseconds"]:
        await asyncio.sleep(amounts["wait_milliseconds"] / 1000)


def burn(seconds: float) -> int:
    """Keeps one processor busy for so much of this thread's own processor time; gives the rounds it made."""
    until = time.thread_time() + seconds
    rounds = 0
    while time.thread_time() < until:
        rounds += sum(range(200)) and 1
    return rounds
