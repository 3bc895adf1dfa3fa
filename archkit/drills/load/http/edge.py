"""Reads at the edge: what is kept and what is not, each held to what a CDN promises while no origin is left."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from archkit.drills.load.http.client import Client, ClientArgs, Exchange
from archkit.drills.load.http.connection import Response
from archkit.drills.load.http.workloads import host_of, request_bytes
from archkit.drills.load.outcome import Kind, Outcome

FRESH, STALE = "kept", "kept, stale"
APPLICATION, PAGE = "application", "friendly page"
_MAX_AGE = re.compile(r"max-age=(\d+)")


@dataclass(kw_only=True)
class EdgeReads:
    """GETs by turns of a path that is kept and of one that is not; who answered is told as `replica`.

    A good answer to the first is the page, marked as stale once it is older than its `max-age`. A good answer to the
    second is the application's or, where nobody can make one, a page for people: 503, HTML, said to be the edge's own.

    Args:
        client: Addresses, time-outs, connections.
        kept: A path that the edge keeps.
        passed: A path that it does not.

    """

    client: ClientArgs
    kept: str
    passed: str = "/"
    _open: Client | None = field(default=None, init=False, repr=False)

    async def prepare(self) -> None:
        self._open = Client(self.client)

    async def operation(self, number: int) -> Outcome:
        assert self._open is not None, "prepare comes first"
        path, judged = (self.passed, _passed) if number % 2 else (self.kept, _kept)
        data = request_bytes("GET", path, host_of(self.client, self.client.server_name))
        exchange = await self._open.request(data, idempotent=True, keep_body=True)
        if exchange.response is None:
            return Outcome(exchange.kind, attempts=exchange.attempts)
        kind, who = judged(exchange, exchange.response)
        return Outcome(kind, exchange.response.status, who, exchange.attempts)

    async def verify(self) -> Mapping[str, int] | None:
        return None

    async def close(self) -> None:
        if self._open is not None:
            self._open.close()


def _kept(exchange: Exchange, response: Response) -> tuple[Kind, str]:
    if response.status != 200:
        return (Kind.BAD_RESPONSE if exchange.kind is Kind.OK else exchange.kind), ""
    stale = response.headers.get("x-cache") == "STALE"
    said = _MAX_AGE.search(response.headers.get("cache-control", ""))
    old = said is not None and int(response.headers.get("age", 0)) > int(said[1])
    if old and not stale:
        return Kind.BAD_RESPONSE, "kept, stale and not marked"
    return Kind.OK, STALE if stale else FRESH


def _passed(exchange: Exchange, response: Response) -> tuple[Kind, str]:
    friendly = "<h1>" in response.body.decode("utf-8", "replace")
    own = response.headers.get("x-cache") == "ERROR" and "text/html" in response.headers.get("content-type", "")
    if response.status == 503 and friendly and own:
        return Kind.OK, PAGE
    return exchange.kind, APPLICATION if exchange.kind is Kind.OK else ""
