"""What all realisations on a swarm share."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from components.swarm import duration, http_check


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "0s"), (500, "500ms"), (1000, "1s"), (1500, "1.5s"), (60_000, "1m"), (90_000, "1m30s"), (3_600_000, "1h")],
)
def test_a_duration_is_spelt_as_it_is_read_back(milliseconds: int, text: str) -> None:
    assert duration(milliseconds) == text, "another spelling would be a change at every preview"


@pytest.fixture
def server():
    """Answers 200 on /good and 503 elsewhere; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/good" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    made = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made.server_address[1]
    made.shutdown()
    made.server_close()


def test_the_health_check_needs_nothing_but_bash_and_tells_good_from_bad(server: int) -> None:
    def passes(port: int, path: str) -> bool:
        check = http_check(port, path, start_seconds=1)
        assert check.tests is not None
        return subprocess.run(list(check.tests)[1:], env={}, check=False, capture_output=True).returncode == 0

    assert passes(server, "/good")
    assert not passes(server, "/bad"), "503 is no health"
    assert not passes(1, "/good"), "nobody listens there"
