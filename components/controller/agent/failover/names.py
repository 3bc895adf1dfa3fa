"""Whether the swarm still lists a server that has ended."""

import socket
import time
from collections.abc import Callable

MOST_SECONDS = 0.6
_AGAIN_SECONDS = 0.02


def wait_until_forgotten(host: str, known: Callable[[str], bool] | None = None) -> None:
    """Returns once a name leads nowhere any more, or after `MOST_SECONDS`.

    Before they choose, members ask the dead leader how far it is. While its name is known it leads to an address where
    nobody answers, which takes Patroni 2 s; afterwards they are told at once that there is none. Docker forgets it
    a tenth of a second after it has told of the container's end. Drill: primary killed.

    Args:
        host: The name of the server's service.
        known: Asks; the resolver unless given.

    """
    asked = known or is_known
    until = time.monotonic() + MOST_SECONDS
    while asked(host) and time.monotonic() < until:
        time.sleep(_AGAIN_SECONDS)


def is_known(host: str) -> bool:
    """Whether a name has an address."""
    try:
        return bool(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM))
    except OSError:
        return False
