"""A PostgreSQL that lies: what it acknowledged and dropped, and what it wrote twice, is found afterwards.

The server speaks as much of the wire protocol as one INSERT and one SELECT need; a real one does not lie on request.
"""

import asyncio
import struct
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from archkit.drills.load import Job, Load, Schedule
from archkit.drills.load.postgres import Connection, PostgresWrites

_NO_ENCRYPTION = {80877103, 80877104}  # SSLRequest, GSSENCRequest: answered "N"
_READY = b"Z" + struct.pack("!i", 5) + b"I"


def _message(kind: bytes, body: bytes = b"") -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


class LyingServer:
    """Takes writes and lists them; those named in `drop` and `double` are not what was acknowledged."""

    def __init__(self) -> None:
        self.drop: set[str] = set()
        self.double: set[str] = set()
        self.kept: list[str] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._talk, "127.0.0.1", 0), self._loop)
        self.port = server.result(5).sockets[0].getsockname()[1]

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._greet(reader, writer)
            query, values = "", []
            while True:
                kind = await reader.readexactly(1)
                (length,) = struct.unpack("!i", await reader.readexactly(4))
                body = await reader.readexactly(length - 4)
                if kind == b"X":
                    break
                if kind == b"P":
                    query = body.split(b"\0")[1].decode()
                    writer.write(_message(b"1"))
                elif kind == b"B":
                    values = _bound(body)
                    writer.write(_message(b"2"))
                elif kind == b"D":
                    writer.write(_described(query))
                elif kind == b"E":
                    writer.write(self._executed(query, values))
                elif kind == b"S":
                    writer.write(_READY)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            length, code = struct.unpack("!ii", await reader.readexactly(8))
            await reader.readexactly(length - 8)
            if code not in _NO_ENCRYPTION:
                break
            writer.write(b"N")
        said = {"server_version": "17.0", "client_encoding": "UTF8", "standard_conforming_strings": "on"}
        parameters = b"".join(_message(b"S", f"{key}\0{value}\0".encode()) for key, value in said.items())
        writer.write(_message(b"R", struct.pack("!i", 0)) + parameters + _message(b"K", struct.pack("!ii", 1, 1)))
        writer.write(_READY)
        await writer.drain()

    def _executed(self, query: str, values: list[str]) -> bytes:
        run = values[0]
        if query.startswith("INSERT"):
            identity = values[1]
            copies = 0 if identity in self.drop else 2 if identity in self.double else 1
            self.kept += [identity] * copies
            return _message(b"C", b"INSERT 0 1\0")
        own = [one for one in self.kept if one.startswith(f"{run}-")]
        rows = (_message(b"D", struct.pack("!hi", 1, len(one)) + one.encode()) for one in own)
        return b"".join(rows) + _message(b"C", f"SELECT {len(own)}\0".encode())


def _bound(body: bytes) -> list[str]:
    """The parameters of a Bind message, all of them text."""
    _, _, rest = body.split(b"\0", 2)
    (formats,) = struct.unpack_from("!h", rest)
    at = 2 + 2 * formats
    (count,) = struct.unpack_from("!h", rest, at)
    at += 2
    values: list[str] = []
    for _ in range(count):
        (length,) = struct.unpack_from("!i", rest, at)
        values.append(rest[at + 4 : at + 4 + length].decode())
        at += 4 + length
    return values


def _described(query: str) -> bytes:
    if query.startswith("INSERT"):
        return _message(b"n")
    text_type = 25
    return _message(b"T", struct.pack("!h", 1) + b"identity\0" + struct.pack("!ihihih", 0, 0, text_type, -1, -1, 0))


@pytest.fixture
def liar() -> Generator[LyingServer]:
    made = LyingServer()
    made.start()
    yield made
    made.stop()


def written_to(server: LyingServer, folder: Path) -> Load:
    workload = PostgresWrites(writer=Connection(host="127.0.0.1", port=server.port), run="run")
    job = Job(workload=workload, schedule=Schedule.constant(100, 0.4), directory=folder)
    return Load(job, name="INSERT")


def test_an_honest_one_is_cleared(liar: LyingServer, tmp_path: Path) -> None:
    with written_to(liar, tmp_path) as load:
        load.start()
        found = load.wait().consistency

    assert found is not None
    assert (found.acknowledged, found.lost.count, found.duplicates.count) == (40, 0, 0)
    assert found.holds


def test_a_write_that_it_acknowledged_and_dropped_and_one_that_it_doubled_are_found(
    liar: LyingServer, tmp_path: Path
) -> None:
    liar.drop, liar.double = {"run-7"}, {"run-9"}
    with written_to(liar, tmp_path) as load:
        load.start()
        found = load.wait().consistency

    assert found is not None
    assert found.acknowledged == 40, "it said that all are kept"
    assert found.lost.examples == ("run-7",)
    assert found.duplicates.examples == ("run-9",)
    assert found.first_lost_at is not None
    assert not found.holds
