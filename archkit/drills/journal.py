"""What a drill is about to break, on disk before it is broken.

JSON lines, each forced to the disk before the next step: `open` before a fault is made, `injected` once it is
whole, `closed` after it was healed. Whoever reads it later knows what a dead drill may have left behind, and
each entry holds all that undoing it takes.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import platformdirs

from archkit.drills.faults.fault import Fault, to_document
from archkit.errors import UserError

_STACK = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_LONGEST_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One fault that was not seen to be healed.

    Args:
        fault: The fault as `to_document` wrote it.
        opened_at: When, in UTC, as ISO 8601.
        process: Id of the process that made it.
        injected: False where it may be there in part only.

    """

    fault: Mapping[str, Any]
    opened_at: str
    process: int
    injected: bool

    @property
    def id(self) -> str:
        """The fault's id."""
        return str(self.fault["id"])


class Journal:
    """The journal of one stack's drills.

    Args:
        stack: Its name: `web-local`.
        directory: Where all stacks' journals are; None takes the user's state directory.

    Raises:
        UserError: The name could not be a folder's.

    """

    def __init__(self, stack: str, directory: Path | None = None) -> None:
        self.stack = stack
        self.folder = state_folder(stack, directory)
        self.path = self.folder / "journal.jsonl"

    def open(self, fault: Fault) -> None:
        """Writes down a fault that is about to be made."""
        self._append({"event": "open", "at": _now(), "process": os.getpid(), "fault": to_document(fault)})

    def injected(self, fault_id: str) -> None:
        """Writes down that a fault is made, all of it."""
        self._append({"event": "injected", "at": _now(), "id": fault_id})

    def close(self, fault_id: str) -> None:
        """Writes down that a fault is healed."""
        self._append({"event": "closed", "at": _now(), "id": fault_id})

    def entries(self) -> list[Entry]:
        """The faults that were opened and not closed, oldest first.

        A last line that was cut short by a crash is passed over: before `open` is whole on the disk nothing is
        touched, and what lacks its `closed` is healed once more, which does no harm.
        """
        found: dict[str, Entry] = {}
        for record in self._records():
            if record["event"] == "open":
                entry = Entry(
                    fault=record["fault"], opened_at=record["at"], process=int(record["process"]), injected=False
                )
                found[entry.id] = entry
            elif record["event"] == "closed":
                found.pop(str(record["id"]), None)
            elif (made := found.get(str(record["id"]))) is not None:
                found[made.id] = Entry(fault=made.fault, opened_at=made.opened_at, process=made.process, injected=True)
        return list(found.values())

    def shorten(self) -> None:
        """Starts anew where nothing is open and the file has grown over 1 MB."""
        if self.path.exists() and self.path.stat().st_size > _LONGEST_BYTES and not self.entries():
            self.path.unlink()

    def _records(self) -> list[dict[str, Any]]:
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        records: list[dict[str, Any]] = []
        for line in filter(None, lines):
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict) and "event" in record:
                records.append(cast("dict[str, Any]", record))
        return records

    def _append(self, record: Mapping[str, Any]) -> None:
        fresh = not self.path.exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        # One write, and a line break before it: what a crash left of the line before stays a line of its own.
        line = b"\n" + json.dumps(record, sort_keys=True).encode() + b"\n"
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)
        if fresh:
            _synchronise(self.folder)


def state_folder(stack: str, directory: Path | None = None) -> Path:
    """Where the drills of a stack keep their lock and their journal.

    Args:
        stack: Its name.
        directory: The folder of all stacks; None takes the user's state directory, since faults belong to the
            machine: another checkout of the project must find them.

    Raises:
        UserError: The name could not be a folder's.

    """
    if not _STACK.fullmatch(stack):
        message = f"stack: must be a name of letters, digits, dots, dashes and underscores, got {stack!r}"
        raise UserError(message)
    return (directory or platformdirs.user_state_path("archkit") / "drills") / stack


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _synchronise(folder: Path) -> None:
    """Forces a new file's name to the disk, not only its content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
