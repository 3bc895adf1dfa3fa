"""The api design's numbers on Docker: time to deploy, memory, what the cache brings, and what a stampede costs."""

from __future__ import annotations

import base64
import json
import time
from functools import partial
from itertools import count
from statistics import median, quantiles

import httpx

from archkit.bench import api_drills
from archkit.bench.api_clients import at_once, without_pause
from archkit.bench.api_database import fill, least_milliseconds, searches
from archkit.bench.deployment import Deployment, temporary
from archkit.bench.memory import used_megabytes
from archkit.bench.rows import Row, kept, spread, tried
from archkit.errors import UserError
from archkit.labels import COMPONENT, STACK
from archkit.stack.project import Project

PRODUCTS = 24_000  # of which one in three matches the search, which then costs the database over 20 ms
LEAST_COST_MILLISECONDS = 20.0
SEARCH = "/search?q=steel&limit=20"
CLIENTS = 8
SECONDS = 6.0
COST_QUESTIONS = 20
STAMPEDE = 500
SETTLED_SECONDS = 30.0  # after a first deployment its repository makes the first copies, at two places
# An entry runs out soon, and nobody gets the old one meanwhile: each stampede is on a key that has just expired.
FRESH_SECONDS = 3
EXPIRED_SECONDS = FRESH_SECONDS * 1.1 + 0.2
DEPLOYED_SECONDS, MEMORY_MEGABYTES = 90.0, 1536.0
THREE_REPLICAS = "api.service.capacity.maximum=3"
SETTINGS = (
    THREE_REPLICAS,
    f"api.service.environment.CACHE_FRESH_SECONDS={FRESH_SECONDS:.1f}",
    "api.service.environment.CACHE_STALE_SECONDS=0.0",
)


def measure(project: Project, *, rounds: int = 3) -> list[Row]:
    """All rows: the drills on a stack of their own, and all else on the next, whose images are there by then.

    Args:
        project: The checkout.
        rounds: How often each figure is taken.

    """
    drills: list[Row] = []
    with (
        kept(drills, "the api design made, drilled and removed"),
        temporary(project, "bench-api", THREE_REPLICAS, source="api-local") as broken,
    ):
        broken.up()  # builds what is missing, too
        broken.wait_for_answer(path="/products")
        time.sleep(SETTLED_SECONDS)
        drills += api_drills.measure(project, broken, rounds=rounds)
    rows: list[Row] = []
    with (
        kept(rows, "the api design made, asked and removed"),
        temporary(project, "bench-api", *SETTINGS, source="api-local") as api,
    ):
        began = time.monotonic()
        api.up()
        rows += [deployed(api.wait_for_answer(path="/products") - began), memory(api)]
        fill(api, PRODUCTS)
        rows += tried("cached against uncached reads", partial(cached_against_uncached, api, rounds=rounds))
        rows += tried("a stampede", partial(stampedes, api, rounds=rounds))
    return [*rows, *drills]


def deployed(seconds: float) -> Row:
    """From nothing but images to an answer."""
    return Row(
        what="whole api design deployed from built images, s",
        target=f"<= {DEPLOYED_SECONDS:.0f}",
        measured=f"{seconds:.1f}",
        met=seconds <= DEPLOYED_SECONDS,
        n=1,
        note="to the first answer with a page of products",
    )


def memory(api: Deployment) -> Row:
    """All containers of the stack, idle."""
    used = sum(used_megabytes(api.docker, one) for one in api.containers())
    return Row(
        what="memory of the whole api design, idle, MiB",
        target=f"<= {MEMORY_MEGABYTES:.0f}",
        measured=f"{used:.0f}",
        met=used <= MEMORY_MEGABYTES,
        n=1,
        note=f"{len(api.containers())} containers",
    )


def cached_against_uncached(api: Deployment, *, rounds: int) -> list[Row]:
    """The same search from the cache, and from a place above its best match, which nobody asked for yet."""
    numbers = count(1)

    def new() -> str:
        return f"{SEARCH}&after={_place(999.0, next(numbers))}"

    cost = least_milliseconds(api, lambda: _asked(httpx.get(f"{api.url}{new()}", timeout=30)), times=COST_QUESTIONS)
    pairs: list[tuple[list[float], list[float]]] = []
    for _ in range(rounds):
        uncached = without_pause(api.url, new, clients=CLIENTS, seconds=SECONDS)
        cached = without_pause(api.url, lambda: SEARCH, clients=CLIENTS, seconds=SECONDS)
        pairs.append((cached, uncached))
    rates = [len(cached) / len(uncached) for cached, uncached in pairs]
    tails = [_p99(cached) / _p99(uncached) for cached, uncached in pairs]
    each = "; ".join(f"{len(one) / SECONDS:.0f}/s, p99 {_p99(one) * 1e3:.0f} ms" for one in (pairs[0][0], pairs[0][1]))
    note = f"the search takes the database {cost:.0f} ms, alone; {CLIENTS} clients without a pause; first round: {each}"
    costly = cost >= LEAST_COST_MILLISECONDS
    return [
        Row(
            what="cached against uncached search: requests/s, times",
            target=">= 10",
            measured=f"{median(rates):.1f}",
            met=median(rates) >= 10 and costly,
            n=rounds,
            spread=spread(rates),
            note=note,
        ),
        Row(
            what="cached against uncached search: p99, share",
            target="<= 0.2",
            measured=f"{median(tails):.3f}",
            met=median(tails) <= 0.2 and costly,
            n=rounds,
            spread=spread(tails, 3),
            note=note,
        ),
    ]


def stampedes(api: Deployment, *, rounds: int) -> list[Row]:
    """500 clients at once on a key that has just expired, with the cache and, in the end, without it."""
    replicas = len(api.containers("api"))
    with_cache = [stampede(api, f"/search?q=brass+-with{number}") for number in range(rounds)]
    take_away(api, "cache")
    without = [stampede(api, f"/search?q=brass+-without{number}") for number in range(rounds)]
    return [
        _counted("a stampede on one expired key, with the cache: queries", with_cache, 1),
        _counted(f"the same, the cache gone, {replicas} replicas: queries", without, replicas),
    ]


def stampede(api: Deployment, path: str) -> int:
    """How many queries a stampede on an expired key made.

    Raises:
        UserError: A client was not answered with 200.

    """
    _asked(httpx.get(f"{api.url}{path}", timeout=30))
    time.sleep(EXPIRED_SECONDS)
    before = searches(api)
    answers = at_once(api.url, path, clients=STAMPEDE)
    if answers["200"] != STAMPEDE:
        raise UserError(f"stampede: every client must be answered with 200, got {dict(answers)}")
    return searches(api) - before


def take_away(api: Deployment, component: str, *, seconds: float = 60) -> None:
    """Scales all services of a component to nothing, and waits until nothing of it runs.

    Raises:
        UserError: Something still runs.

    """
    for one in api.docker.services.list(filters={"label": [f"{STACK}={api.name}", f"{COMPONENT}={component}"]}):
        one.scale(0)
    until = time.monotonic() + seconds
    while api.containers(component):
        if time.monotonic() > until:
            raise UserError(f"{component}: must be gone within {seconds:.0f} s, but some of it still runs")
        time.sleep(0.5)


def _counted(what: str, counts: list[int], most: int) -> Row:
    return Row(
        what=what,
        target=f"<= {most}",
        measured=str(max(counts)),
        met=min(counts) > 0 and max(counts) <= most,
        n=len(counts),
        spread=spread(counts, 0),
        note=f"{STAMPEDE} clients at once, connected before",
    )


def _asked(answer: httpx.Response) -> None:
    if answer.status_code != 200:
        raise UserError(f"GET {answer.url}: must be answered with 200, got {answer.status_code}: {answer.text[:200]}")


def _place(rank: float, number: int) -> str:
    """As the catalogue tells where a page ended."""
    return base64.urlsafe_b64encode(json.dumps([rank, number]).encode()).decode().rstrip("=")


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]
