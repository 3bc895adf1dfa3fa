"""What a check of the machine says."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """`warning` works, with a reservation; `missing` stops the target that needs it."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing of the machine, as it was found.

    Args:
        name: What was looked at.
        state: How it is.
        detail: What was found.
        remedy: How to get it, where something is wrong; empty otherwise.

    """

    name: str
    state: State
    detail: str
    remedy: str = ""

    @property
    def is_missing(self) -> bool:
        return self.state is State.MISSING


def ok(name: str, detail: str) -> Finding:
    """It is as it must be."""
    return Finding(name=name, state=State.OK, detail=detail)


def warning(name: str, detail: str, remedy: str) -> Finding:
    """It works, with a reservation."""
    return Finding(name=name, state=State.WARNING, detail=detail, remedy=remedy)


def missing(name: str, detail: str, remedy: str) -> Finding:
    """What needs it will not work."""
    return Finding(name=name, state=State.MISSING, detail=detail, remedy=remedy)
