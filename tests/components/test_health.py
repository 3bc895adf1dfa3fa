"""The health check as Docker starts it: a process that is told what to ask."""

import socket
import subprocess
import threading
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from components.health import PATIENCE_SECONDS, PAUSE_SECONDS, STEADY_SECONDS, http_check


@dataclass
class Server:
    """Answers 200 on /good while it is well, and 503 otherwise."""

    port: int = 0
    well: bool = True
    asked: list[float] = field(default_factory=list)


@pytest.fixture
def server() -> Generator[Server]:
    said = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said.asked.append(time.monotonic())
            self.send_response(200 if self.path == "/good" and said.well else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    said.port = made.server_address[1]
    yield said
    made.shutdown()
    made.server_close()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "ARCHKIT_HEALTHY": str(tmp_path / "healthy")}


def command(port: int, path: str = "/good") -> Sequence[str]:
    check = http_check(port, path, start_seconds=1, every_seconds=1)
    assert check.tests is not None
    return [str(one) for one in list(check.tests)[1:]]


def test_who_starts_is_well_as_soon_as_it_answers(server: Server, environment: dict[str, str]) -> None:
    server.well = False
    with subprocess.Popen(command(server.port), env=environment) as check:
        time.sleep(0.7)
        assert check.poll() is None, "a new process for each question comes late"
        server.well, began = True, time.monotonic()
        assert check.wait(5) == 0
    assert time.monotonic() - began < 1.5
    assert len(server.asked) <= 6, "who starts has other work"


def test_who_begins_to_listen_is_noticed_at_once(environment: dict[str, str]) -> None:
    late: list[float] = []
    for seconds in (0.35, 0.62, 0.75):
        Path(environment["ARCHKIT_HEALTHY"]).unlink(missing_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        with subprocess.Popen(command(port), env=environment) as check:
            time.sleep(seconds)
            with socket.create_server(("127.0.0.1", port)) as listening:
                began = time.monotonic()
                caller, _ = listening.accept()
                caller.recv(1000)
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                assert check.wait(5) == 0
                late.append(time.monotonic() - began)
                caller.close()
    # Asked after 0.1, 0.2 and 0.4 s only, it would be 0.3 s late in some of them.
    assert min(late) < 0.15, late
    assert sum(late) / len(late) < 0.25, late


def test_good_and_bad_answers_are_told(server: Server, environment: dict[str, str]) -> None:
    def passes(port: int, path: str) -> bool:
        return subprocess.run(command(port, path), env=environment, check=False, timeout=8).returncode == 0

    assert not passes(1, "/good"), "nobody listens there"
    assert not passes(server.port, "/bad"), "503 is no health"
    assert passes(server.port, "/good")
    assert not passes(server.port, "/bad"), "who was well can fail"


def test_who_is_well_is_asked_again_by_the_same_process_until_it_fails(
    server: Server, environment: dict[str, str]
) -> None:
    subprocess.run(command(server.port), env=environment, check=True)
    with subprocess.Popen(command(server.port), env=environment) as check:
        time.sleep(1.5 * PAUSE_SECONDS)
        assert check.poll() is None, "each process costs what a hundred questions cost"
        asked = len(server.asked) - 1
        assert asked >= 2, "and that it is well is not taken for granted meanwhile"
        server.well = False
        assert check.wait(2 * PAUSE_SECONDS) == 1
        assert time.monotonic() - server.asked[-1] > 0.9, "three in a row replace it: not within a moment"


def test_a_container_that_can_keep_nothing_is_asked_once_by_each_process(server: Server) -> None:
    environment = {"PATH": "/usr/bin:/bin", "ARCHKIT_HEALTHY": "/proc/no-such-place"}
    for _ in range(2):
        done = subprocess.run(command(server.port), env=environment, check=False, timeout=8, capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")


def test_docker_waits_for_longer_than_a_check_may_take() -> None:
    check = http_check(80, "/", start_seconds=1, every_seconds=2)

    assert str(check.timeout) == "40s"
    assert str(check.interval) == "300ms"
    assert STEADY_SECONDS + PAUSE_SECONDS + PATIENCE_SECONDS < 40
