"""The history on disk: each write and read is logged when it is answered, synced in batches."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from archkit.drills.load.history import Read, Record, Write

SYNC_SECONDS = 0.1  # what a crash of the generator's own machine could forget


class Journal:
    """Appends records to a file, and has them on the disk after `SYNC_SECONDS` at the latest.

    A thread of its own syncs: an `fsync` of some ten milliseconds must not hold up the operations.
    """

    def __init__(self, path: Path) -> None:
        self.records: list[Record] = []
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self._pending: list[Record] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def add(self, record: Record) -> None:
        """Takes note of one write or read."""
        self.records.append(record)
        with self._lock:
            self._pending.append(record)

    def close(self) -> None:
        """Writes and syncs what is left."""
        self._ending.set()
        self._thread.join()
        self._sync()
        self._file.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _run(self) -> None:
        while not self._ending.wait(SYNC_SECONDS):
            self._sync()

    def _sync(self) -> None:
        with self._lock:
            records, self._pending = self._pending, []
        if records:
            self._file.write("".join(_line(record) for record in records))
            self._file.flush()
            os.fsync(self._file.fileno())


def read_journal(path: Path) -> Iterator[Record]:
    """The records of a file; a last line that a crash cut short is left out."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                kind, entry, began, ended, answered, refused = json.loads(line)
                yield Record(Write(*entry) if kind == "W" else Read(*entry), began, ended, answered, refused)


def _line(record: Record) -> str:
    kind = "W" if isinstance(record.entry, Write) else "R"
    row: list[Any] = [kind, record.entry, record.began, record.ended, record.answered, record.refused]
    return json.dumps(row, separators=(",", ":")) + "\n"
