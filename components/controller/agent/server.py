"""What a controller tells others: that it lives, and what its own node's replicas used."""

import json
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PORT = 8405
SAMPLES = "/samples"  # not `/usage`, which told another form: in a rolling update nobody gets what it cannot read
ALIVE_SECONDS = 60.0  # several rounds, each of which may wait for a daemon that elects a leader


class Pulse:
    """When the loop last came round."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def beat(self) -> None:
        """It has."""
        self._last = time.monotonic()

    @property
    def alive(self) -> bool:
        return time.monotonic() - self._last < ALIVE_SECONDS


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away before the end, as a health check does once it has read the status, is no news."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handle_error(request, client_address)


def serve(pulse: Pulse, samples: Callable[[], Any] | None = None, port: int = PORT) -> ThreadingHTTPServer:
    """Answers `/healthz` and `/samples` in the background.

    Args:
        pulse: The loop's.
        samples: What this node's replicas used, as JSON and at once; None where nobody asks.
        port: TCP port.

    """

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            if self.path == "/healthz":
                self._answer(200 if pulse.alive else 503, {"alive": pulse.alive})
            elif samples and self.path == SAMPLES:
                self._answer(200, samples())
            else:
                self._answer(404, {"known": ["/healthz", *([SAMPLES] if samples else [])]})

        def _answer(self, status: int, document: Any) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent: the log holds decisions."""

    server = _Server(("", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
