"""The last answers of this process, for when nobody else has one."""

from __future__ import annotations

from collections import OrderedDict

from catalogue.caching.entry import Entry


class LastKnown:
    """Keeps the answers that were given last, up to so many bytes; who was not asked for longest goes first."""

    def __init__(self, megabytes: int) -> None:
        self._most = megabytes * 1024 * 1024
        self._bytes = 0
        self._entries: OrderedDict[str, Entry] = OrderedDict()

    def get(self, name: str) -> Entry | None:
        """The answer, however old."""
        entry = self._entries.get(name)
        if entry is not None:
            self._entries.move_to_end(name)
        return entry

    def put(self, name: str, entry: Entry) -> None:
        self.drop(name)
        self._entries[name] = entry
        self._bytes += _size(name, entry)
        while self._bytes > self._most:
            gone, old = self._entries.popitem(last=False)
            self._bytes -= _size(gone, old)

    def drop(self, name: str) -> None:
        entry = self._entries.pop(name, None)
        if entry is not None:
            self._bytes -= _size(name, entry)


def _size(name: str, entry: Entry) -> int:
    return len(name) + len(entry.body) + 200  # about what the object itself takes
