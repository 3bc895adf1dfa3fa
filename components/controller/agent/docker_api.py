"""Docker's HTTP interface over its socket: the few verbs that the controller needs.

By the standard library: Docker's SDK rebuilds a service's specification from the fields that it knows and loses the
others, and what holds the socket should hold little else.
"""

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

SOCKET = "/run/docker.sock"
VERSION = "v1.41"  # Docker 20.10 and newer
TIMEOUT_SECONDS = 10.0


class DockerError(Exception):
    """The daemon refused, or did not answer."""


class Docker:
    """A client of this node's daemon.

    Args:
        path: Its socket.
        timeout_seconds: How long an answer may take.

    """

    def __init__(self, path: str = SOCKET, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._path = path
        self._timeout_seconds = timeout_seconds

    def get(self, path: str, **query: str) -> Any:
        """What stands under a path.

        Raises:
            DockerError: In the daemon's own words.

        """
        return self._ask("GET", path, query, None)

    def post(self, path: str, body: Any, **query: str) -> Any:
        """Sends something.

        Raises:
            DockerError: In the daemon's own words.

        """
        return self._ask("POST", path, query, json.dumps(body).encode())

    def stream(self, path: str, **query: str) -> Iterator[Any]:
        """One JSON document after the other, for as long as the daemon sends.

        Raises:
            DockerError: It does not answer, or ends in the middle.

        """
        connection = _Connection(self._path, None)
        try:
            connection.request("GET", f"/{VERSION}{path}?{urlencode(query)}")
            answer = connection.getresponse()
            if answer.status >= 300:
                raise DockerError(f"GET {path}: {answer.status} {answer.read().decode(errors='replace')[:300]}")
            while line := answer.readline():
                yield json.loads(line)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise DockerError(f"GET {path}: {error or type(error).__name__}") from error
        finally:
            connection.close()

    def _ask(self, verb: str, path: str, query: dict[str, str], body: bytes | None) -> Any:
        target = f"/{VERSION}{path}" + (f"?{urlencode(query)}" if query else "")
        connection = _Connection(self._path, self._timeout_seconds)
        try:
            connection.request(verb, target, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise DockerError(f"{verb} {path}: {error or type(error).__name__}") from error
        finally:
            connection.close()
        if answer.status >= 300:
            raise DockerError(f"{verb} {path}: {answer.status} {content.decode(errors='replace').strip()[:300]}")
        return json.loads(content) if content else None


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout_seconds: float | None) -> None:
        super().__init__("localhost", timeout=timeout_seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
