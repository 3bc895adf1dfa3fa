"""One keep-alive HTTP/1.1 connection with at most one request under way."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol, cast

import httptools


class Response(NamedTuple):
    """A complete answer: status, the replica that gave it; body and headers (in small letters) where asked for."""

    status: int
    replica: str
    body: bytes
    headers: Mapping[str, str] = MappingProxyType({})


class Answer(Protocol):
    """Where a response goes: a future, or what takes it at once."""

    def done(self) -> bool: ...
    def set_result(self, result: Response, /) -> None: ...
    def set_exception(self, exception: Exception, /) -> None: ...


class Connection(asyncio.Protocol):
    """Sends one request at a time and parses the answer with httptools (the parser of Node.js).

    Args:
        address: Index of the address it is connected to.
        replica_header: Lower-case name of the header that says which replica answered.

    """

    def __init__(self, address: int, replica_header: bytes) -> None:
        self.address = address
        self.deadline = 0.0
        self.open = False
        self._replica_header = replica_header
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: Answer | None = None
        self._replica = b""
        self._body: list[bytes] | None = None
        self._headers: dict[str, str] = {}

    @property
    def busy(self) -> bool:
        """True while an answer is outstanding."""
        return self._answer is not None

    def send(self, request: bytes, *, keep_body: bool, answer: Answer) -> None:
        """Writes the request; `answer` gets the response, or the error that ended the connection."""
        self._replica = b""
        self._body = [] if keep_body else None
        self._headers = {}
        self._answer = answer
        assert self._transport is not None, "a connection is handed out once it is made"
        self._transport.write(request)

    def abort(self, error: Exception) -> None:
        """Drops the connection at once; who waits for an answer gets `error`."""
        self.open = False
        self._fail(error)
        if self._transport is not None:
            self._transport.abort()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.open = True

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self.abort(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        self._fail(exc if isinstance(exc, OSError) else ConnectionResetError("closed before the answer was complete"))

    # What the parser calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) == len(self._replica_header) and name.lower() == self._replica_header:
            self._replica = value
        if self._body is not None:
            self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        if self._body is not None:
            self._body.append(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:  # an interim answer (100 Continue, 103 Early Hints); the real one follows
            return
        if not self._parser.should_keep_alive():
            self.open = False
        answer, self._answer = self._answer, None
        if answer is None or answer.done():
            self.open = False  # an answer that nobody asked for: what follows cannot be told apart
        if not self.open and self._transport is not None:
            self._transport.close()
        if answer is not None and not answer.done():
            body = b"".join(self._body) if self._body else b""
            answer.set_result(Response(status, self._replica.decode("latin-1"), body, self._headers))

    def _fail(self, error: Exception) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(error)
