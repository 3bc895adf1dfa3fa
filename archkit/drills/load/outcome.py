"""What became of one operation, as its client saw it."""

from enum import IntEnum
from typing import NamedTuple

from archkit.drills.load.history import Entry


class Kind(IntEnum):
    """How an operation ended. Everything but `OK` is a failure in the eyes of a client.

    `REFUSED` never reached the system. `RESET`, `TIMEOUT` and `BAD_RESPONSE` may have had their effect and not
    been answered: for a write that is *unknown*, neither lost nor kept.
    """

    OK = 0
    HTTP_4XX = 1
    HTTP_5XX = 2
    REFUSED = 3
    UNREACHABLE = 4
    RESET = 5
    TIMEOUT = 6
    BAD_RESPONSE = 7
    ERROR = 8

    @property
    def label(self) -> str:
        """The name that reports use: `http_5xx`."""
        return self.name.lower()


class Outcome(NamedTuple):
    """What one operation came to.

    Args:
        kind: How it ended.
        status: HTTP status or 0.
        replica: Who answered, as it says itself; empty where nobody did.
        attempts: How often it was tried; more than 1 where a client that knows several addresses moved on.
        entry: What a write or a read means for consistency; None where nothing is checked.
        without_effect: The system itself said that the write did not happen: it must not be there.

    """

    kind: Kind
    status: int = 0
    replica: str = ""
    attempts: int = 1
    entry: Entry | None = None
    without_effect: bool = False
