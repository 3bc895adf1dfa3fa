"""The web design's numbers on Docker: time of the engine's runs, memory, the load balancer's gap and its price.

What fails while a part of it does is measured by the drills (`archkit/bench/drills.py`).
"""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from itertools import pairwise
from statistics import median

import docker
import httpx

from archkit.bench import commands, first_answer, proxy
from archkit.bench.deployment import Deployment, temporary
from archkit.bench.memory import used_megabytes
from archkit.bench.rows import Row, spread, tried
from archkit.bench.traffic import gets_while
from archkit.drills.load.outcome import Kind
from archkit.stack.project import Project

REPLICAS = 3
MEMORY_LIMIT = 400.0


def measure(project: Project, client: docker.DockerClient, *, rounds: int = 3) -> list[Row]:
    """All rows, on a stack of its own.

    Args:
        project: The checkout.
        client: The daemon.
        rounds: How often each fault and each run of the engine is repeated.

    """
    rows = tried("until the first answer", partial(first_answer.measure, project, rounds=rounds))
    with temporary(project, "bench", "web.service.capacity.maximum=3") as web:
        web.up()
        web.wait_for_answer()
        rows += tried("up and preview without changes", partial(commands.measure, web, rounds=rounds))
        rows += tried("memory of the deployed design", partial(memory, web))
        rows += tried("gap of the only load balancer", partial(load_balancer_gap, web, rounds=rounds))
    return [*rows, *tried("the kit's HAProxy against a bare one", partial(proxy.measure, client, rounds=rounds))]


def load_balancer_gap(web: Deployment, *, rounds: int, rate: float = 100.0) -> Row:
    """The longest time without an answer while the only load balancer of a node gets a new configuration."""
    gaps: list[float] = []
    for number in range(rounds):
        _settled(web)
        web.configure(f"local.response_timeout_milliseconds={1600 + number}")
        result = gets_while(web.port, web.up, rate=rate, at_least_seconds=10)
        samples = zip(result.samples.intended, result.samples.latency, result.samples.kind, strict=True)
        answered = sorted(intended + latency for intended, latency, kind in samples if kind == Kind.OK)
        gaps.append(max(later - earlier for earlier, later in pairwise(answered)))
    return Row(
        what="gap at a change of the only load balancer's configuration, s",
        target="",
        measured=f"{median(gaps):.1f}",
        met=None,
        n=len(gaps),
        spread=spread(gaps),
        note="stop-first: two cannot hold one port of one node; with three zones the other nodes answer",
    )


def memory(web: Deployment) -> Row:
    """What the whole design uses, applications included, after some requests."""
    _settled(web)
    gets_while(web.port, lambda: None, rate=200, at_least_seconds=5)
    used = {one: used_megabytes(web.docker, one) for one in web.containers()}
    total = sum(used.values())
    return Row(
        what="memory of the deployed design, MiB",
        target=f"<= {MEMORY_LIMIT:.0f}",
        measured=f"{total:.0f}",
        met=total <= MEMORY_LIMIT,
        n=1,
        note=f"{len(used)} containers, cgroup usage less inactive files, after 1 000 requests",
    )


def _settled(web: Deployment, seconds: float = 60) -> None:
    """Until all replicas answered."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if len(web.containers("web")) >= REPLICAS:
            with suppress(httpx.TransportError):
                seen = {httpx.get(web.url).headers.get("x-archkit-replica") for _ in range(10 * REPLICAS)}
                if len(seen - {None}) >= REPLICAS:
                    return
        time.sleep(0.5)
    message = f"{web.url}: not {REPLICAS} replicas answered within {seconds:.0f} s"
    raise TimeoutError(message)
