"""Whether a PostgreSQL server answers at all."""

import socket
import struct
import time
from enum import Enum

PORT = 5432
TIMEOUT_SECONDS = 0.2
_LATE_SECONDS = 0.15
# PostgreSQL manual, "Message Formats": GSSENCRequest; answered with one byte by the postmaster's child, before any
# authentication, and unlike an SSLRequest no handshake is missed in the log when the client goes away after it.
_QUESTION = struct.pack("!ii", 8, 80877104)


class Answer(Enum):
    """What one probe showed.

    `alive`: a program answered, or a kernel whose program is gone, which Patroni restarts. `silent`: nothing came.
    `unknown`: this process itself was kept from running, so nothing can be said.
    """

    ALIVE = "alive"
    SILENT = "silent"
    UNKNOWN = "unknown"


def probe(address: str, seconds: float = TIMEOUT_SECONDS, *, port: int = PORT) -> Answer:
    """Asks once, and waits so long at most."""
    began = time.monotonic()
    try:
        with socket.create_connection((address, port), timeout=seconds) as connection:
            connection.sendall(_QUESTION)
            connection.settimeout(max(0.01, seconds - (time.monotonic() - began)))
            connection.recv(1)  # an end is an answer too
            return Answer.ALIVE
    except (ConnectionRefusedError, ConnectionResetError):
        return Answer.ALIVE
    except OSError:
        late = time.monotonic() - began > seconds + _LATE_SECONDS
        return Answer.UNKNOWN if late else Answer.SILENT
