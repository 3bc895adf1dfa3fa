"""HAProxy's own view of its servers, read inside its container: the statistics are published to nobody."""

from __future__ import annotations

import socket
import time
from typing import Any

from docker.errors import DockerException

from archkit.drills.deployed import Deployed
from archkit.drills.faults.host import Host
from components.load_balancer.haproxy import INTERNAL_PORT

_END = "-- end of statistics --"
_TIMEOUT_SECONDS = 1.0
# Each line of its input is answered with the statistics once. It ends with its input, and so with the drill, however
# that ends. bash is all that the image has to ask with.
_READER = (
    f"while read -r _; do exec 3<>/dev/tcp/127.0.0.1/{INTERNAL_PORT} && "
    "printf 'GET /stats;csv HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3; exec 3>&-; "
    f"echo; echo '{_END}'; done"
)


class Statistics:
    """Gets the statistics of one host's load balancer; what `Timeline.watch_load_balancer` asks.

    Args:
        deployed: The stack.
        component: The design's name of the load balancer.
        host: Where it runs.

    """

    def __init__(self, deployed: Deployed, component: str, host: Host) -> None:
        self._deployed = deployed
        self._component = component
        self._host = host
        self._socket: Any = None

    def __call__(self) -> str:
        """The statistics as CSV.

        Raises:
            OSError: No such load balancer runs here now, or it does not answer within a second.

        """
        try:
            if self._socket is None:
                self._socket = self._open()
            return self._ask()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends the reader in the container."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _open(self) -> Any:
        api = self._host.api
        listed = api.containers(filters={"label": [f"archkit.stack={self._deployed.stack}", *self._label()]})
        if not listed:
            message = f"no {self._component} runs on {self._host.name}"
            raise OSError(message)
        try:
            made = api.exec_create(listed[0]["Id"], ["bash", "-c", _READER], stdin=True, stderr=False)
            opened = api.exec_start(made["Id"], socket=True)
        except DockerException as error:
            raise OSError(str(error)) from error
        # docker-py wraps the socket in a reader; only the socket itself can be written to.
        return getattr(opened, "_sock", opened)

    def _label(self) -> list[str]:
        return [f"archkit.component={self._component}"]

    def _ask(self) -> str:
        assert isinstance(self._socket, socket.socket)
        self._socket.settimeout(_TIMEOUT_SECONDS)
        self._socket.sendall(b"\n")
        until = time.monotonic() + _TIMEOUT_SECONDS
        answer = ""
        while time.monotonic() < until:
            # Docker's frames: what stream it is, three bytes of nothing, the length. Not docker-py's reader of them:
            # that waits without an end where a proxy is frozen.
            size = int.from_bytes(self._exactly(8)[4:], "big")
            answer += self._exactly(size).decode(errors="replace")
            if _END in answer:
                return _without_spare_servers(answer.partition("\r\n\r\n")[2].partition(f"\n{_END}")[0])
        message = f"{self._component} on {self._host.name}: no statistics"
        raise OSError(message)

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                message = f"{self._component} on {self._host.name}: its statistics end in the middle"
                raise OSError(message)
            data += part
        return data


def _without_spare_servers(csv: str) -> str:
    """Without the backends that are asked only where all checks fail: the same servers once more."""
    return "\n".join(line for line in csv.splitlines() if not line.partition(",")[0].endswith("-unchecked"))
