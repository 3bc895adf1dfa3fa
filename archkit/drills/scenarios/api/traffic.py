"""What clients of the catalogue do: reads of what is cached, some of what is not, and writes that are looked for."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex

from archkit.drills.faults.host import Host
from archkit.drills.load.history import Write
from archkit.drills.load.http.client import Client, ClientArgs
from archkit.drills.load.http.workloads import host_of, outcome_of, request_bytes
from archkit.drills.load.outcome import Outcome
from archkit.drills.victims.databases import PostgresProbe, inside
from archkit.drills.victims.members import populate
from archkit.drills.victims.probes import primary_among

SEEDS = 30  # products that reads ask for
NEW_EVERY = 10  # of so many reads one asks for what nobody asked for before
NOT_WRITTEN = "not written"  # what the API says of a write that surely had no effect


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Where the catalogue's rows are: asked of the primary itself, since the API's own answers may be old ones.

    Args:
        stack: The stack.
        database: The design's name for its database.
        hosts: Its Docker daemons.

    """

    stack: str
    database: str
    hosts: tuple[Host, ...]

    def found(self, run: str) -> Counter[str]:
        """How often each product of a run is there.

        Raises:
            UserError: No member is the primary, or two are.
            OSError: It does not answer.

        """
        members = [one for one in populate(self.stack, self.hosts).members if one.component == self.database]
        member = primary_among(members, (PostgresProbe(),), self.database)
        statement = f"SELECT sku FROM products WHERE sku LIKE '{run}-write-%'"  # noqa: S608 - made of hexadecimal digits
        said = inside(member, ["timeout", "20", "psql", "-XAtq", "-h", "/tmp", "-d", "app", "-c", statement])  # noqa: S108
        return Counter(said.split())


@dataclass(kw_only=True)
class CatalogueTraffic:
    """Reads of products, pages and searches, and new products.

    A write is sent once: its client does not try again. It is unknown where nobody answered it, or where the answer
    says so; where that says that it was not written, it must not be there afterwards.

    Args:
        client: Addresses, time-outs, connections.
        rows: Where writes are looked for.
        write_every: Every so many operations one is a write; 0: none.
        run: Prefix of the products; random unless given.

    """

    client: ClientArgs
    rows: Rows
    write_every: int = 0
    run: str = field(default_factory=lambda: token_hex(4))
    _open: Client | None = field(default=None, init=False, repr=False)
    _paths: list[str] = field(default_factory=list[str], init=False, repr=False)

    async def prepare(self) -> None:
        await self.prepare_with(Client(self.client))

    async def prepare_with(self, client: Client) -> None:
        """Makes the products that reads ask for, through a client."""
        self._open = client
        numbers = [await self._seed(number) for number in range(SEEDS)]
        self._paths = [
            *(f"/products/{number}" for number in numbers),
            "/products?limit=20",
            f"/products?category={self.run}",
            f"/search?q={self.run}",
            "/search?q=seed+part",
        ]

    async def operation(self, number: int) -> Outcome:
        assert self._open is not None, "prepare comes first"
        if self.write_every and number % self.write_every == 0:
            return await self._write(f"{self.run}-write-{number}")
        path = self._paths[number % len(self._paths)]
        if number % NEW_EVERY == 1:
            path = f"/search?q={self.run}+-new{number}"
        data = request_bytes("GET", path, host_of(self.client, ""))
        return outcome_of(await self._open.request(data, idempotent=True))

    async def verify(self) -> Mapping[str, int] | None:
        return await asyncio.to_thread(self.rows.found, self.run) if self.write_every else None

    async def close(self) -> None:
        if self._open is not None:
            self._open.close()

    async def _write(self, identity: str) -> Outcome:
        assert self._open is not None, "prepare comes first"
        exchange = await self._open.request(self._post(identity), idempotent=False, keep_body=True)
        outcome = outcome_of(exchange, Write(identity))
        response = exchange.response
        refused = response is not None and response.status == 503 and said_of(response.body) == NOT_WRITTEN
        return outcome._replace(without_effect=refused)

    async def _seed(self, number: int) -> int:
        assert self._open is not None, "prepare comes first"
        exchange = await self._open.request(self._post(f"{self.run}-seed-{number}"), idempotent=True, keep_body=True)
        if exchange.response is None or exchange.response.status != 201:
            status = exchange.response.status if exchange.response else exchange.kind.label
            message = f"POST /products must be answered with 201 before anything is broken, got {status}"
            raise OSError(message)
        return int(json.loads(exchange.response.body)["id"])

    def _post(self, identity: str) -> bytes:
        product = {"sku": identity, "name": f"seed part {self.run}", "category": self.run, "price_cents": 100}
        body = json.dumps(product).encode()
        return request_bytes("POST", "/products", host_of(self.client, ""), body=body, key=identity)


def said_of(body: bytes) -> str:
    """What an answer of 503 says became of the write: `unknown`, `not written`, or nothing where it says nothing."""
    try:
        document: object = json.loads(body)
    except ValueError:
        return ""
    return str(document.get("outcome", "")) if isinstance(document, dict) else ""  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
