"""Undoing what a dead drill left behind, from its journal alone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from archkit.drills.faults.fault import from_document
from archkit.drills.faults.host import end_processes
from archkit.drills.faults.zones import ZoneSwitch
from archkit.drills.injection import heal
from archkit.drills.journal import Entry, Journal
from archkit.drills.lock import drill_lock

_SETTLE_SECONDS = 1.5
"""How long a request that a dying drill has sent may still take until the daemon acts on it."""


@dataclass(frozen=True, kw_only=True)
class Healed:
    """What became of one fault of the journal.

    Args:
        fault: Its id.
        kind: Its kind.
        what: What it had done.
        problem: Why it is still there; empty where it is healed.

    """

    fault: str
    kind: str
    what: str
    problem: str = ""


def heal_all(stack: str, *, directory: Path | None = None, switch: ZoneSwitch | None = None) -> list[Healed]:
    """Heals every fault of a stack that no drill has closed, the youngest first.

    Args:
        stack: Its name.
        directory: The folder of all stacks' drills; None takes the user's state directory.
        switch: Who has power over zones, where there are some.

    Returns:
        One for each fault found; empty where nothing was left.

    Raises:
        UserError: A drill is under way, and will heal by itself.

    """
    with drill_lock(stack, directory=directory, doing=f"archkit drill --heal {stack}"):
        journal = Journal(stack, directory)
        entries = journal.entries()[::-1]
        if any(not entry.injected for entry in entries):
            _settle(entries)
        healed = [_heal(entry, journal, switch) for entry in entries]
        journal.shorten()
        return healed


def _settle(entries: list[Entry]) -> None:
    """Waits until nothing that a dying drill began can still take effect behind the healing's back."""
    for _ in range(2):
        for entry in entries:
            if not entry.injected:
                end_processes(entry.id)
        time.sleep(_SETTLE_SECONDS / 2)


def _heal(entry: Entry, journal: Journal, switch: ZoneSwitch | None) -> Healed:
    kind = str(entry.fault.get("kind", ""))
    try:
        fault = from_document(entry.fault, switch=switch)
    except Exception as error:
        return Healed(fault=entry.id, kind=kind, what="", problem=str(error))
    try:
        heal(fault, journal)
    except Exception as error:
        return Healed(fault=entry.id, kind=kind, what=fault.describe(), problem=str(error))
    return Healed(fault=entry.id, kind=kind, what=fault.describe())
