"""The api design's numbers on Docker: time to deploy, memory, what the cache brings, and what a stampede costs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import cast

import httpx
from docker.models.containers import Container

from archkit.bench.deployment import Deployment, temporary
from archkit.bench.memory import used_megabytes
from archkit.bench.rows import Row, spread
from archkit.errors import UserError
from archkit.stack.project import Project

PRODUCTS = 60_000  # of which one in three matches the search: that costs the database well over 20 ms
SEARCH = "/search?q=steel&limit=20"
CLIENTS = 8
SECONDS = 6.0
STAMPEDE = 500
DEPLOYED_SECONDS, MEMORY_MEGABYTES = 90.0, 1536.0
FILL = """
SET statement_timeout = 0;
INSERT INTO products (sku, name, description, category, price_cents)
SELECT 'bench-' || n, (ARRAY['steel', 'brass', 'oak'])[1 + n % 3] || ' part ' || n,
       'number ' || n || ' of series ' || n % 997, 'category-' || n % 20, n % 10000
FROM generate_series(1, {count}) AS n ON CONFLICT DO NOTHING;
ANALYZE products
"""


def measure(project: Project, *, rounds: int = 3) -> list[Row]:
    """All rows, on a stack of its own; its images are built before the clock runs.

    Args:
        project: The checkout.
        rounds: How often each figure is taken.

    """
    with temporary(project, "bench-api", "api.service.capacity.maximum=3", source="api-local") as warm:
        warm.up()  # builds what is missing
    with temporary(project, "bench-api", "api.service.capacity.maximum=3", source="api-local") as api:
        began = time.monotonic()
        api.up()
        rows = [_deployed(api.wait_for_answer(path="/products") - began), memory(api)]
        fill(api)
        return [*rows, *cached_against_uncached(api, rounds=rounds), *stampedes(api, rounds=rounds)]


def fill(api: Deployment, count: int = PRODUCTS) -> None:
    """Puts products into the database, as a superuser within the member that leads."""
    psql(api, FILL.format(count=count))


def psql(api: Deployment, statement: str) -> str:
    """What the primary answers.

    Raises:
        UserError: No member is one.

    """
    for container in api.containers("database"):
        one = api.docker.containers.get(container)
        if one.labels.get("archkit.role") != "member":
            continue
        command = ["psql", "-XAtqd", "app", "-v", "ON_ERROR_STOP=1", "-c", statement]
        ask = ["psql", "-XAtqc", "SELECT pg_is_in_recovery()"]
        if _said(one, ask)[1] == "f":
            code, said = _said(one, command)
            if code:
                raise UserError(f"database: must take the statement, got {said[-500:]}")
            return said
    raise UserError(f"{api.name}: must have a primary, got none")


def queries(api: Deployment) -> int:
    """How many searches the database has run, over all members."""
    total = 0
    statement = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query LIKE '%websearch_to_tsquery%'"
    for container in api.containers("database"):
        one = api.docker.containers.get(container)
        if one.labels.get("archkit.role") == "member":
            total += int(_said(one, ["psql", "-XAtqd", "app", "-c", statement])[1] or 0)
    return total


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
    """The same search, from the cache, and with words that nobody searched for before."""
    cost = float(
        psql(
            api,
            "SELECT 1000 * extract(epoch FROM clock_timestamp() - now()) FROM (SELECT count(*), "
            "max(ts_rank_cd(document, websearch_to_tsquery('english', 'steel'))) FROM products "
            "WHERE document @@ websearch_to_tsquery('english', 'steel')) AS one",
        )
    )
    numbers = iter(range(1_000_000))
    pairs: list[tuple[list[float], list[float]]] = []
    for _ in range(rounds):
        uncached = asyncio.run(_load(api.url, lambda: f"/search?q=steel+-none{next(numbers)}&limit=20"))
        cached = asyncio.run(_load(api.url, lambda: SEARCH))
        pairs.append((cached, uncached))
    rates = [len(cached) / max(1, len(uncached)) for cached, uncached in pairs]
    tails = [_p99(cached) / _p99(uncached) for cached, uncached in pairs]
    note = f"the search takes the database {cost:.0f} ms; {CLIENTS} clients without a pause"
    return [
        Row(
            what="cached against uncached search: requests/s, times",
            target=">= 10",
            measured=f"{median(rates):.1f}",
            met=median(rates) >= 10 and cost >= 20,
            n=rounds,
            spread=spread(rates),
            note=note,
        ),
        Row(
            what="cached against uncached search: p99, share",
            target="<= 0.2",
            measured=f"{median(tails):.3f}",
            met=median(tails) <= 0.2 and cost >= 20,
            n=rounds,
            spread=spread(tails, 3),
            note=note,
        ),
    ]


def stampedes(api: Deployment, *, rounds: int) -> list[Row]:
    """500 clients at once on one key that is in no cache, with the cache and without it."""
    replicas = len(api.containers("api"))
    with_cache = [_stampede(api, f"/search?q=brass+-with{n}") for n in range(rounds)]
    caches = [
        one
        for one in api.docker.services.list(filters={"label": f"archkit.stack={api.name}"})
        if one.attrs["Spec"]["Labels"].get("archkit.component") == "cache"
    ]
    for one in caches:
        one.scale(0)
    time.sleep(8)  # its tasks have ended, and circuits have noticed
    without = [_stampede(api, f"/search?q=brass+-without{n}") for n in range(rounds)]
    return [
        _row("a stampede on one key, with the cache: queries", with_cache, 1),
        _row("a stampede on one key, the cache gone: queries", without, replicas),
    ]


def _stampede(api: Deployment, path: str) -> int:
    before = queries(api)
    failed = asyncio.run(_at_once(api.url, path, STAMPEDE))
    if failed:
        raise UserError(f"stampede: every client must be answered with 200, got {failed} that were not")
    return queries(api) - before


def _row(what: str, counts: list[int], most: int) -> Row:
    return Row(
        what=what,
        target=f"<= {most}",
        measured=str(max(counts)),
        met=0 < max(counts) <= most and min(counts) > 0,
        n=len(counts),
        note=f"{STAMPEDE} clients at once",
    )


async def _at_once(url: str, path: str, clients: int) -> int:
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30) as client:
        answers = await asyncio.gather(*(client.get(path) for _ in range(clients)), return_exceptions=True)
    return sum(not isinstance(one, httpx.Response) or one.status_code != 200 for one in answers)


async def _load(url: str, path: Callable[[], str]) -> list[float]:
    """Seconds that each request took, of clients that ask one after the other."""
    taken: list[float] = []
    until = time.monotonic() + SECONDS

    async def client_(client: httpx.AsyncClient) -> None:
        while time.monotonic() < until:
            began = time.monotonic()
            (await client.get(path())).raise_for_status()
            taken.append(time.monotonic() - began)

    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        await asyncio.gather(*(client_(client) for _ in range(CLIENTS)))
    return taken


def _said(container: Container, command: list[str]) -> tuple[int | None, str]:
    """Exit code and output of a command of the database's own account."""
    code, said = container.exec_run(command, user="postgres")
    return code, cast("bytes", said).decode().strip()


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]


def _deployed(seconds: float) -> Row:
    return Row(
        what="whole api design deployed from built images, s",
        target=f"<= {DEPLOYED_SECONDS:.0f}",
        measured=f"{seconds:.1f}",
        met=seconds <= DEPLOYED_SECONDS,
        n=1,
        note="to the first answer with a page of products",
    )
