"""Holds packets back for a while: the listener of one netfilter queue.

Run as `python -m archkit.drills.faults.delayer QUEUE MILLISECONDS` inside the network namespace whose packets
are late. Says `ready` once the kernel has accepted it. Only numbers of packets reach this process, never what
is in them.
"""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections import deque

_NETLINK_NETFILTER = 12  # linux/netlink.h; the socket module has no name for it
_SUBSYSTEM_QUEUE = 3 << 8
_PACKET, _VERDICT, _CONFIG = 0, 1, 2
_REQUEST_ACKNOWLEDGED = 1 | 4
_ACCEPT = 1
_LONGEST_QUEUE = 100_000
_HEADER = struct.Struct("=IHHII")
_FAMILY = struct.Struct("=BBH")


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def _message(kind: int, flags: int, queue: int, attributes: bytes) -> bytes:
    body = _FAMILY.pack(0, 0, socket.htons(queue)) + attributes
    return _HEADER.pack(_HEADER.size + len(body), _SUBSYSTEM_QUEUE | kind, flags, 0, 0) + body


def listen(queue: int) -> socket.socket:
    """A socket that gets the numbers of a queue's packets.

    Raises:
        OSError: The kernel refused: no such feature, no root, or another listener has that queue.

    """
    netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER)
    netlink.bind((0, 0))
    netlink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    for attributes in (
        _attribute(1, struct.pack("=BBH", 1, 0, 0)),  # bind
        _attribute(2, struct.pack("!IB", 0, 1)),  # metadata only
        _attribute(3, struct.pack("!I", _LONGEST_QUEUE)),
        _attribute(4, struct.pack("!I", 1)) + _attribute(5, struct.pack("!I", 1)),  # a full queue lets packets pass
    ):
        netlink.send(_message(_CONFIG, _REQUEST_ACKNOWLEDGED, queue, attributes))
        answer = netlink.recv(4096)
        (error,) = struct.unpack_from("=i", answer, _HEADER.size)
        if error:
            raise OSError(-error, f"netfilter queue {queue}")
    return netlink


def hold(netlink: socket.socket, queue: int, seconds: float) -> None:
    """Lets each packet go after a while, in order; never returns."""
    waiting: deque[tuple[float, int]] = deque()
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            verdict = _attribute(2, struct.pack("!II", _ACCEPT, waiting.popleft()[1]))
            netlink.send(_message(_VERDICT, 1, queue, verdict))
        netlink.settimeout(max(1e-4, waiting[0][0] - time.monotonic()) if waiting else None)
        try:
            data = netlink.recv(65536)
        except TimeoutError:
            continue
        except OSError:
            continue  # ENOBUFS: the kernel passed on what did not fit
        due = time.monotonic() + seconds
        for number in _numbers(data):
            waiting.append((due, number))


def _numbers(data: bytes) -> list[int]:
    """The packet numbers in what the kernel sent: the first attribute of each message."""
    found: list[int] = []
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, *_ = _HEADER.unpack_from(data, at)
        if length < _HEADER.size:
            break
        if kind == _SUBSYSTEM_QUEUE | _PACKET:
            start = at + _HEADER.size + _FAMILY.size + 4
            found.append(struct.unpack_from("!I", data, start)[0])
        at += length + (-length % 4)
    return found


def main() -> None:
    """The process's whole life."""
    queue, milliseconds = int(sys.argv[1]), float(sys.argv[2])
    try:
        netlink = listen(queue)
    except OSError as error:
        sys.exit(f"netfilter queue: {error}")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    hold(netlink, queue, milliseconds / 1000)


if __name__ == "__main__":
    main()
