"""HTTP workloads: reads that change nothing, and writes that are looked for afterwards."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import cast

from archkit.drills.load.history import Entry, Write
from archkit.drills.load.http.client import Client, ClientArgs, Exchange
from archkit.drills.load.outcome import Outcome


@dataclass(kw_only=True)
class HttpReads:
    """GET of one path, over and over.

    Args:
        client: Addresses, time-outs, connections.
        path: With its query.
        host: Host header; empty stands for the first address.

    """

    client: ClientArgs
    path: str = "/"
    host: str = ""
    _open: Client | None = field(default=None, init=False, repr=False)
    _request: bytes = field(default=b"", init=False, repr=False)

    async def prepare(self) -> None:
        self._open = Client(self.client)
        self._request = request_bytes("GET", self.path, host_of(self.client, self.host))

    async def operation(self, number: int) -> Outcome:
        assert self._open is not None, "prepare comes first"
        return outcome_of(await self._open.request(self._request, idempotent=True))

    def begin(self, number: int, done: Callable[[Outcome], None]) -> bool:
        assert self._open is not None, "prepare comes first"
        return self._open.begin(self._request, lambda exchange: done(outcome_of(exchange)))

    async def verify(self) -> Mapping[str, int] | None:
        return None

    async def close(self) -> None:
        if self._open is not None:
            self._open.close()


@dataclass(kw_only=True)
class HttpWrites:
    """POST of one new thing after another, each with an identity that is looked for afterwards.

    A write is `POST path` with `{"id": "<run>-<number>"}` and the same as `Idempotency-Key`. What is there is
    read by `GET verify_path`: a JSON list of the identities of all things, also those of other runs.

    Args:
        client: Addresses, time-outs, connections.
        path: Where things are made.
        verify_path: Where they are listed; `{run}` in it is replaced by this run's prefix. Empty for `path`.
        idempotent: The application keeps to `Idempotency-Key`, so that a client may try again.
        host: Host header; empty stands for the first address.
        run: Prefix of the identities; random unless given.

    """

    client: ClientArgs
    path: str
    verify_path: str = ""
    idempotent: bool = False
    host: str = ""
    run: str = field(default_factory=lambda: token_hex(4))
    _open: Client | None = field(default=None, init=False, repr=False)

    async def prepare(self) -> None:
        self._open = Client(self.client)

    async def operation(self, number: int) -> Outcome:
        assert self._open is not None, "prepare comes first"
        identity = f"{self.run}-{number}"
        body = json.dumps({"id": identity}).encode()
        data = request_bytes("POST", self.path, host_of(self.client, self.host), body=body, key=identity)
        exchange = await self._open.request(data, idempotent=self.idempotent)
        return outcome_of(exchange, Write(identity))

    async def verify(self) -> Mapping[str, int] | None:
        assert self._open is not None, "prepare comes first"
        path = (self.verify_path or self.path).replace("{run}", self.run)
        data = request_bytes("GET", path, host_of(self.client, self.host))
        exchange = await self._open.request(data, idempotent=True, keep_body=True)
        if exchange.response is None or exchange.response.status != 200:
            status = exchange.response.status if exchange.response else exchange.kind.label
            message = f"GET {path} must list what was written, got {status}"
            raise OSError(message)
        found: object = json.loads(exchange.response.body)
        if not isinstance(found, list):
            message = f"GET {path} must answer with a JSON list of identities, got {type(found).__name__}"
            raise TypeError(message)
        identities = cast("list[object]", found)
        return Counter(one for one in identities if isinstance(one, str) and one.startswith(f"{self.run}-"))

    async def close(self) -> None:
        if self._open is not None:
            self._open.close()


def request_bytes(method: str, path: str, host: str, *, body: bytes = b"", key: str = "") -> bytes:
    """One HTTP/1.1 request; with a body it is JSON."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "User-Agent: archkit-drill", "Accept: */*"]
    if key:
        lines.append(f"Idempotency-Key: {key}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def host_of(client: ClientArgs, host: str) -> str:
    """The Host header: the given one, or the first address."""
    return host or "{}:{}".format(*client.addresses[0])


def outcome_of(exchange: Exchange, entry: Entry | None = None) -> Outcome:
    """An exchange as the outcome of an operation."""
    response = exchange.response
    if response is None:
        return Outcome(exchange.kind, attempts=exchange.attempts, entry=entry)
    return Outcome(exchange.kind, response.status, response.replica, exchange.attempts, entry)
