"""A small HTTP/1.1 client for load: many connections, time-outs, several addresses, nothing retried in secret."""

import asyncio
import errno
import socket
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import httptools

from archkit.drills.load.http.connection import Answer, Connection, Response
from archkit.drills.load.http.slots import Slots
from archkit.drills.load.outcome import Kind

SWEEP_SECONDS = 0.01  # how exact a time-out is
UNREACHABLE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})


@dataclass(frozen=True, kw_only=True)
class ClientArgs:
    """How a client reaches the system.

    Args:
        addresses: Host and port of each entry point that the client knows; it spreads its requests over them.
        timeout_seconds: How long one attempt may take, connecting included.
        connect_timeout_seconds: How long one connection attempt may take.
        attempts: Tries for one request, each at the next address; 0 stands for one per address. A request that
            may have had an effect is tried again only where it is idempotent (RFC 9110, 9.2.2). With one
            address there is no second try, so that no failure is hidden.
        avoid_seconds: How long an address that refused or timed out is left alone, while another one is there.
        max_connections: Above it a request waits for a free connection; the wait counts as latency.
        replica_header: The response header that says which replica answered.
        tls: Speak HTTPS.
        verify_certificate: Refuse a certificate that is not trusted or has another host's name.
        ca_file: Whom to trust, PEM; empty stands for this machine's authorities.
        server_name: The name that the certificate must have; empty stands for each address's host.

    """

    addresses: tuple[tuple[str, int], ...]
    timeout_seconds: float = 5.0
    connect_timeout_seconds: float = 1.0
    attempts: int = 0
    avoid_seconds: float = 1.0
    max_connections: int = 2000
    replica_header: str = "x-archkit-replica"
    tls: bool = False
    verify_certificate: bool = True
    ca_file: str = ""
    server_name: str = ""


class Exchange(NamedTuple):
    """What a request came to, after all its attempts."""

    kind: Kind
    attempts: int
    response: Response | None = None


class Client:
    """Keeps connections to all addresses and does one request on each at a time."""

    def __init__(self, args: ClientArgs) -> None:
        self._args = args
        self._attempts = args.attempts or len(args.addresses)
        self._header = args.replica_header.lower().encode("ascii")
        self._tls = _tls(args)
        self._loop = asyncio.get_running_loop()
        self._idle: list[list[Connection]] = [[] for _ in args.addresses]
        self._avoid_until = [0.0] * len(args.addresses)
        self._under_way: deque[tuple[float, Connection, Answer]] = deque()
        self._slots = Slots(args.max_connections)
        self._turn = 0
        self._sweeper = self._loop.call_later(SWEEP_SECONDS, self._sweep)

    async def request(self, data: bytes, *, idempotent: bool, keep_body: bool = False) -> Exchange:
        """Sends one request; every way in which it can fail is in the answer, none is raised."""
        await self._slots.wait()
        try:
            return await self._attempt(data, idempotent=idempotent, keep_body=keep_body)
        finally:
            self._slots.release()

    def begin(self, data: bytes, done: Callable[[Exchange], None]) -> bool:
        """Sends a request at once, where there is but one attempt and a connection stands ready.

        It saves the task, the future and two turns of the loop that `request` costs: a third of its time.
        False where it cannot; then nothing was sent, and `done` will not be called.
        """
        if self._attempts != 1 or not self._idle[0] or not self._slots.take():
            return False
        connection = self._reuse(0)
        if connection is None:
            self._slots.release()
            return False
        self._send(connection, data, _Direct(self, connection, done), keep_body=False)
        return True

    async def _attempt(self, data: bytes, *, idempotent: bool, keep_body: bool) -> Exchange:
        kind = Kind.ERROR
        for attempt, address in enumerate(self._order(), 1):
            sent = False
            try:
                connection = self._reuse(address) or await self._connect(address)
                sent = True
                answer: asyncio.Future[Response] = self._loop.create_future()
                self._send(connection, data, answer, keep_body=keep_body)
                response = await answer
            except (OSError, httptools.HttpParserError) as error:
                kind = classify(error)
                self._avoid(address, kind)
                if attempt == self._attempts or (sent and not idempotent):
                    return Exchange(kind, attempt)
            else:
                self._keep(connection)
                return Exchange(_status_kind(response.status), attempt, response)
        return Exchange(kind, self._attempts)

    def _send(self, connection: Connection, data: bytes, answer: Answer, *, keep_body: bool) -> None:
        self._under_way.append((self._loop.time() + self._args.timeout_seconds, connection, answer))
        connection.send(data, keep_body=keep_body, answer=answer)

    def _keep(self, connection: Connection) -> None:
        if connection.open:
            self._idle[connection.address].append(connection)

    def end(self, connection: Connection, exchange: Exchange) -> None:
        """What a request that was begun without a task leaves behind."""
        self._slots.release()
        self._keep(connection)
        self._avoid(connection.address, exchange.kind)

    def close(self) -> None:
        """Drops every idle connection."""
        self._sweeper.cancel()
        for connections in self._idle:
            for connection in connections:
                connection.abort(ConnectionAbortedError())
            connections.clear()

    def _order(self) -> list[int]:
        """The addresses to try, one per attempt: the next in turn first, those that just failed last."""
        count = len(self._args.addresses)
        self._turn += 1
        if count == 1:
            return [0] * self._attempts
        now = self._loop.time()
        turn = [(self._turn + step) % count for step in range(count)]
        turn.sort(key=lambda address: self._avoid_until[address] > now)
        return [turn[attempt % count] for attempt in range(self._attempts)]

    def _reuse(self, address: int) -> Connection | None:
        idle = self._idle[address]
        while idle:
            connection = idle.pop()
            if connection.open:
                return connection
        return None

    async def _connect(self, address: int) -> Connection:
        host, port = self._args.addresses[address]
        name = self._args.server_name or None if self._tls else None
        async with asyncio.timeout(min(self._args.connect_timeout_seconds, self._args.timeout_seconds)):
            _, connection = await self._loop.create_connection(
                lambda: Connection(address, self._header), host, port, ssl=self._tls, server_hostname=name
            )
        return connection

    def _avoid(self, address: int, kind: Kind) -> None:
        """What did not answer at all is left alone for a while, and its idle connections are not trusted."""
        if kind in {Kind.REFUSED, Kind.UNREACHABLE, Kind.TIMEOUT}:
            self._avoid_until[address] = self._loop.time() + self._args.avoid_seconds
            if len(self._args.addresses) > 1:
                idle, self._idle[address] = self._idle[address], []
                for connection in idle:
                    connection.abort(ConnectionAbortedError())

    def _sweep(self) -> None:
        """Ends what took too long; all attempts have the same time-out, so the oldest stand in front."""
        now = self._loop.time()
        while self._under_way and (self._under_way[0][0] <= now or self._under_way[0][2].done()):
            _, connection, answer = self._under_way.popleft()
            if not answer.done():
                connection.abort(TimeoutError())
        self._sweeper = self._loop.call_later(SWEEP_SECONDS, self._sweep)


class _Direct:
    """Takes an answer the moment it is parsed."""

    __slots__ = ("_client", "_connection", "_done", "_over")

    def __init__(self, client: Client, connection: Connection, done: Callable[[Exchange], None]) -> None:
        self._client = client
        self._connection = connection
        self._done = done
        self._over = False

    def done(self) -> bool:
        return self._over

    def set_result(self, result: Response, /) -> None:
        self._end(Exchange(_status_kind(result.status), 1, result))

    def set_exception(self, exception: Exception, /) -> None:
        self._end(Exchange(classify(exception), 1))

    def _end(self, exchange: Exchange) -> None:
        self._over = True
        self._client.end(self._connection, exchange)
        self._done(exchange)


def classify(error: Exception) -> Kind:
    """The kind of failure behind an exception of the network or the parser."""
    if isinstance(error, TimeoutError):
        return Kind.TIMEOUT
    if isinstance(error, ConnectionRefusedError):
        return Kind.REFUSED
    if isinstance(error, ConnectionError):
        return Kind.RESET
    if isinstance(error, ssl.SSLError | httptools.HttpParserError):
        return Kind.BAD_RESPONSE
    if isinstance(error, OSError) and (error.errno in UNREACHABLE or isinstance(error, socket.gaierror)):
        return Kind.UNREACHABLE
    return Kind.ERROR


def _status_kind(status: int) -> Kind:
    if status < 400:
        return Kind.OK
    return Kind.HTTP_4XX if status < 500 else Kind.HTTP_5XX


def _tls(args: ClientArgs) -> ssl.SSLContext | None:
    if not args.tls:
        return None
    context = ssl.create_default_context(cafile=args.ca_file or None)
    if not args.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
