"""Clients for the api design's figures: some that ask without a pause, and many that ask at the same moment."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

from archkit.drills.load.http.client import Client, ClientArgs, Exchange
from archkit.drills.load.http.workloads import request_bytes
from archkit.drills.load.outcome import Kind
from archkit.errors import UserError

TIMEOUT_SECONDS = 30.0
READY_PATH = "/healthz"


def without_pause(url: str, path: Callable[[], str], *, clients: int, seconds: float) -> list[float]:
    """Seconds that each request took, of clients that ask one question after the other.

    Raises:
        UserError: One was not answered with 200: the others would be of no worth.

    """
    return asyncio.run(_without_pause(url, path, clients, seconds))


def at_once(url: str, path: str, *, clients: int) -> Counter[str]:
    """How the same question of so many clients was answered, all of which have a connection before the first asks."""
    return asyncio.run(_at_once(url, path, clients))


async def _without_pause(url: str, path: Callable[[], str], clients: int, seconds: float) -> list[float]:
    client, host = _client(url)
    taken: list[float] = []
    until = time.monotonic() + seconds

    async def asks() -> None:
        while time.monotonic() < until:
            asked, began = path(), time.monotonic()
            exchange = await client.request(request_bytes("GET", asked, host), idempotent=True)
            taken.append(time.monotonic() - began)
            if exchange.kind is not Kind.OK:
                message = (
                    f"bench/api: GET {asked} must be answered, got {_told(exchange)}; the figures would be its own"
                )
                raise UserError(message)

    try:
        await asyncio.gather(*(asks() for _ in range(clients)))
    finally:
        client.close()
    return taken


async def _at_once(url: str, path: str, clients: int) -> Counter[str]:
    client, host = _client(url)
    try:
        for asked in (READY_PATH, path):
            data = request_bytes("GET", asked, host)
            answers = await asyncio.gather(*(client.request(data, idempotent=True) for _ in range(clients)))
    finally:
        client.close()
    return Counter(_told(one) for one in answers)


def _client(url: str) -> tuple[Client, str]:
    where = urlsplit(url)
    assert where.hostname is not None
    assert where.port is not None, "a local stack answers at a port of its own"
    return Client(ClientArgs(addresses=((where.hostname, where.port),), timeout_seconds=TIMEOUT_SECONDS)), where.netloc


def _told(exchange: Exchange) -> str:
    return str(exchange.response.status) if exchange.response else exchange.kind.label
