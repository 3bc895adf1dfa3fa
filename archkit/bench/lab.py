"""How long the lab takes to come and go."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import psutil

from archkit.bench.rows import Row, spread
from archkit.lab import Lab, down, kernel, swarm, up

UP_SECONDS = 5.0
DOWN_SECONDS = 3.0
SWARMS_OWN_HEARTBEAT_SECONDS = 5
SETTLE_SECONDS, IDLE_SECONDS = 5.0, 20.0


def measure(*, repeats: int = 3) -> list[Row]:
    """From nothing to three ready zones, without images, and back; and what the heartbeat costs.

    Args:
        repeats: How often.

    Raises:
        UserError: This machine cannot have a lab.

    """
    ups: list[float] = []
    downs: list[float] = []
    price: Row | None = None
    lab = Lab(name="akl-bench", root=Path("/var/lib/akl-bench"))
    for _ in range(repeats):
        began = perf_counter()
        try:
            up(lab)
            ups.append(perf_counter() - began)
            price = price or heartbeat(lab)
        finally:
            began = perf_counter()
            down(lab)
            downs.append(perf_counter() - began)
    rows = [_row("lab up from nothing, without images, s", UP_SECONDS, ups), _row("lab down, s", DOWN_SECONDS, downs)]
    return [*rows, price] if price else rows


def heartbeat(lab: Lab) -> Row:
    """What three idle zones use with the lab's heartbeat, beside Swarm's own of 5 s; the lab's is set afterwards."""
    ours = _idle_cores(lab)
    swarm.set_heartbeat(lab, SWARMS_OWN_HEARTBEAT_SECONDS)
    theirs = _idle_cores(lab)
    swarm.set_heartbeat(lab, swarm.HEARTBEAT_SECONDS)
    return Row(
        what=f"three idle zones with a heartbeat of {swarm.HEARTBEAT_SECONDS} s: CPU, cores",
        target="",
        measured=f"{ours:.3f}",
        met=None,
        n=1,
        note=f"{theirs:.3f} with Swarm's own of {SWARMS_OWN_HEARTBEAT_SECONDS} s, over {IDLE_SECONDS:.0f} s each",
    )


def _idle_cores(lab: Lab) -> float:
    sleep(SETTLE_SECONDS)
    before = _used(lab)
    sleep(IDLE_SECONDS)
    return (_used(lab) - before) / IDLE_SECONDS


def _used(lab: Lab) -> float:
    """Processor seconds of all that runs in the zones; what ended meanwhile is not among them."""
    processes = {number for zone in lab.zones for number in kernel.processes_in(zone)}
    times = [psutil.Process(number).cpu_times() for number in processes if psutil.pid_exists(number)]
    return sum(one.user + one.system for one in times)


def _row(what: str, limit: float, taken: list[float]) -> Row:
    return Row(
        what=what,
        target=f"<= {limit:g}",
        measured=f"{median(taken):.1f}",
        met=median(taken) <= limit,
        n=len(taken),
        spread=spread(taken),
    )
