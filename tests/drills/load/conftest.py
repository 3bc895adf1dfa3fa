"""A small HTTP server whose faults and lies a test can switch on."""

import asyncio
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Server:
    """Keeps what is posted to it; counts what it was asked.

    Args:
        stalled: While it is set, every answer waits.
        answer: Replaces the answer to a GET; None closes the connection without one.
        drop: Identities that it acknowledges and does not keep.
        double: Identities that it keeps twice.
        closing: Ends the connection after each answer.
    """

    port: int = 0
    requests: int = 0
    connections: int = 0
    things: list[str] = field(default_factory=list[str])
    drop: set[str] = field(default_factory=set[str])
    double: set[str] = field(default_factory=set[str])
    closing: bool = False
    answer: Callable[[], bytes | None] | None = None
    stalled: threading.Event = field(default_factory=threading.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
                length = [int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
                body = await reader.readexactly(length[0]) if length else b""
                while self.stalled.is_set():
                    await asyncio.sleep(0.002)
                answer = self._answer(head, body)
                if answer is None:
                    break
                writer.write(answer)
                if self.closing:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, head: bytes, body: bytes) -> bytes | None:
        if head.startswith(b"POST"):
            identity = json.loads(body)["id"]
            if identity not in self.drop:
                self.things += [identity] * (2 if identity in self.double else 1)
            return response(b"{}")
        if head.startswith(b"GET /things"):
            return response(json.dumps(self.things).encode())
        return self.answer() if self.answer else response(b"ok")


def response(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "X-Archkit-Replica: one", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def respond() -> Callable[..., bytes]:
    return response


def _running(server: Server, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    sockets: list[Any] = []

    async def begin() -> None:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
        server.port = listening.sockets[0].getsockname()[1]
        sockets.append(listening)
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(begin())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(5)
    yield server

    async def end() -> None:
        sockets[0].close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(end(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


@pytest.fixture
def server() -> Iterator[Server]:
    yield from _running(Server())


@pytest.fixture
def second_server() -> Iterator[Server]:
    yield from _running(Server())


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[Server]:
    """Has a certificate of its own that nobody signed."""
    files = (str(tmp_path / "cert.pem"), str(tmp_path / "key.pem"))
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
    subprocess.run([*command.split(), "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    yield from _running(Server(), context)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine that refuses connections, and stays free while the test runs."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        yield listening.getsockname()[1]
