"""The edge's numbers on Docker: what it spares the application, what it costs, and what is left when parts are gone."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from statistics import median

import httpx
from docker.models.containers import Container

from archkit.bench.arena import built
from archkit.bench.edge_peers import (
    LABEL,
    SECONDS,
    WRK,
    lru_hits,
    objects_in,
    requests_per_second,
    small,
    zipf,
)
from archkit.bench.edge_price import cost, edge_host
from archkit.bench.edge_stack import Edge, deployed_edge
from archkit.bench.rows import Row, spread, tried
from components.settings import LocalSettings

OBJECTS, REQUESTS, WARM = 10_000, 20_000, 10_000
SMALL_MEGABYTES = 17  # holds about a tenth of the objects, 16 kB each; how many it did hold is counted
COLD_CLIENTS = 500
STALE_PATHS = 20
KILL_SECONDS = 8.0


def measure(*, rounds: int = 3) -> list[Row]:
    """All rows, on a stack of its own; the last ones end its parts."""
    with deployed_edge() as edge:
        with _clients(edge) as clients:
            rows = tried("a page cached at the edge / straight", partial(spared, edge, clients, rounds=rounds))
            rows += tried("the kit's edge / a bare Varnish", partial(cost, edge, clients, rounds=rounds))
        rows += tried("hit ratio on a Zipf load", partial(hit_ratio, edge))
        rows += tried("500 clients on one cold object", partial(coalesced, edge, rounds=rounds))
        rows += tried("one edge location is killed", partial(location_killed, edge, rounds=rounds))
        return [*rows, *tried("all origins gone", partial(origins_gone, edge))]


def spared(edge: Edge, clients: Container, *, rounds: int) -> Row:
    """A page that costs 20 ms of processor time, from the edge's memory and straight from the application, by turns."""
    path = "/cached/long-dear"
    kept: list[float] = []
    straight: list[float] = []
    for _ in range(rounds):
        kept.append(requests_per_second(clients, f"https://{edge_host(edge)}{path}", seconds=SECONDS))
        straight.append(requests_per_second(clients, f"http://tasks.{edge.name}-web:8080{path}", seconds=SECONDS))
    ratios = [one / other for one, other in zip(kept, straight, strict=True)]
    return Row(
        what="requests/s of a page that costs 20 ms of CPU, cached at the edge / straight",
        target=">= 10",
        measured=f"{median(ratios):.0f}",
        met=median(ratios) >= 10,
        n=rounds,
        spread=spread(ratios, 0),
        note=f"{median(kept):.0f} / {median(straight):.0f} requests/s",
    )


def hit_ratio(edge: Edge) -> Row:
    """Hits on a Zipf load, beside a simulated LRU cache of as many objects on the same sequence."""
    sequence = zipf(OBJECTS, REQUESTS)
    hits = 0
    with small(edge, SMALL_MEGABYTES) as server:
        connection = http.client.HTTPSConnection("localhost", server.port, context=edge.trust, timeout=10)
        for number, one in enumerate(sequence):
            connection.request("GET", f"/plain/medium-zipf-{one}")
            answer = connection.getresponse()
            answer.read()
            hits += number >= WARM and answer.headers["X-Cache"] == "HIT"
        connection.close()
        held = objects_in(server)
    measured = hits / (REQUESTS - WARM)
    ideal = lru_hits(sequence, held, skip=WARM)
    return Row(
        what="hit ratio on a Zipf load over 10 000 objects, the edge / an LRU simulator",
        target=">= 0.95",
        measured=f"{measured / ideal:.2f}",
        met=measured / ideal >= 0.95,
        n=1,
        note=f"{measured:.3f} / {ideal:.3f}; memory for {held} objects, {REQUESTS - WARM} requests after {WARM}",
    )


def coalesced(edge: Edge, *, rounds: int) -> Row:
    """500 clients at once on an object that nobody asked for before, at both locations."""

    async def ask(path: str) -> list[int]:
        limits = httpx.Limits(max_connections=COLD_CLIENTS)
        async with httpx.AsyncClient(verify=edge.trust, timeout=60, limits=limits) as client:
            tasks = [client.get(f"{edge.urls[number % 2]}{path}") for number in range(COLD_CLIENTS)]
            return [one.status_code for one in await asyncio.gather(*tasks)]

    asked: list[int] = []
    failed = 0
    for number in range(rounds):
        path = f"/cached/long-slow-{number}"
        failed += sum(status != 200 for status in asyncio.run(ask(path)))
        asked.append(edge.counts().get(path, 0))
    return Row(
        what="requests at the origin, 500 clients on one cold object",
        target="1",
        measured=str(max(asked)),
        met=max(asked) == 1 and failed == 0,
        n=rounds,
        note=f"two locations and their shield; {failed} of {rounds * COLD_CLIENTS} failed",
    )


def location_killed(edge: Edge, *, rounds: int) -> Row:
    """Requests that failed for a client that knows both addresses, while one location is killed."""
    sent = failed = 0
    for _ in range(rounds):
        edge.docker.containers.get(edge.location("a")).kill()
        until = time.monotonic() + KILL_SECONDS
        with edge.client(0) as first, edge.client(1) as second:
            while time.monotonic() < until:
                sent += 1
                failed += not any(_answers(one) for one in (first, second))
        _whole(edge)
    return Row(
        what="failed requests, one edge location is killed, the client knows both addresses",
        target="0",
        measured=str(failed),
        met=failed == 0 and sent > 100 * rounds,
        n=rounds,
        note=f"{sent} requests",
    )


def origins_gone(edge: Edge) -> list[Row]:
    """What is answered while no origin is left."""
    paths = [f"/cached/short-{number}" for number in range(STALE_PATHS)]
    with edge.client() as client:
        for path in paths:
            client.get(path).raise_for_status()
        for component in ("web", "spare"):
            edge.docker.services.get(f"{edge.name}-{component}").scale(0)
        while edge.containers("web") or edge.containers("spare"):
            time.sleep(0.2)
        time.sleep(3)  # all that was fresh is stale now
        answers = [client.get(path) for path in paths for _ in range(10)]
        stale = sum(one.status_code == 200 and one.headers["x-cache"] == "STALE" for one in answers)
        took: list[float] = []
        friendly = 0
        for number in range(20):
            began = time.monotonic()
            page = client.get(f"/{'cached/' if number % 2 else ''}never-seen-{number}")
            took.append(time.monotonic() - began)
            friendly += page.status_code == 503 and "We will be right back" in page.text
    return [
        Row(
            what="all origins gone: answers for what is cached, served stale and marked",
            target="100 %",
            measured=f"{100 * stale / len(answers):.0f} %",
            met=stale == len(answers),
            n=len(answers),
        ),
        Row(
            what="all origins gone: a friendly error page for what is not cached, longest, s",
            target="< 1",
            measured=f"{max(took):.2f}",
            met=max(took) < 1 and friendly == len(took),
            n=len(took),
            spread=spread(took, 2),
            note=f"{friendly} of {len(took)} were the page",
        ),
    ]


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/cached/long-1").status_code == 200
    except httpx.TransportError:
        return False


def _whole(edge: Edge, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with edge.client(0) as client:
            if _answers(client):
                return
        time.sleep(0.5)
    message = f"{edge.urls[0]}: no answer within {seconds:.0f} s after its location was killed"
    raise TimeoutError(message)


@contextmanager
def _clients(edge: Edge) -> Generator[Container]:
    """Where wrk stands: on the network that edge and application meet on."""
    image = built(edge.docker, "wrk", WRK, LocalSettings().base_image)
    container = edge.docker.containers.run(
        image, ["sleep", "infinity"], detach=True, init=True, network=f"{edge.name}-web", labels={LABEL: edge.name}
    )
    try:
        yield container
    finally:
        container.remove(force=True)
