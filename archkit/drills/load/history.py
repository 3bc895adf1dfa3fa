"""The history of writes and reads that the consistency checks work on."""

from typing import NamedTuple


class Write(NamedTuple):
    """One attempted write.

    Args:
        identity: Unique over the run; what is looked for afterwards.
        key: What it overwrites; empty where each write is a thing of its own.
        version: Grows with each write to `key`; only compared within a key.
        session: The client that wrote.

    """

    identity: str
    key: str = ""
    version: int = 0
    session: str = ""


class Read(NamedTuple):
    """One answered read: session `session` saw `version` (0: nothing) under `key`."""

    key: str
    version: int
    session: str = ""


Entry = Write | Read


class Record(NamedTuple):
    """A write or a read with its time (seconds since the start of the load) and how it ended.

    Args:
        entry: What was done.
        began: When it was really sent, not when it should have been: the order of effects depends on it.
        ended: When its client knew the outcome.
        answered: True where it was acknowledged (write) or answered (read).
        refused: True where it surely had no effect: it never reached the system, or was turned away (4xx).

    """

    entry: Entry
    began: float
    ended: float
    answered: bool
    refused: bool = False
