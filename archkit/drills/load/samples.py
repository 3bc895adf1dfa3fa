"""What is kept of every operation: about 24 bytes, in arrays, so that recording costs next to nothing."""

import json
import sys
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from archkit.drills.load.outcome import Kind, Outcome

VERSION = 1


class Sample(NamedTuple):
    """One operation.

    Args:
        intended: When it should have begun, in seconds since the start of the load.
        latency: Seconds from `intended` to its end, so the wait of a stalled system is in it.
        kind: How it ended.
        replica: Who answered; empty where nobody did.

    """

    intended: float
    latency: float
    kind: Kind
    replica: str


class Samples:
    """All operations of one load, in the order in which they ended."""

    def __init__(self) -> None:
        self.intended = array("d")
        self.latency = array("d")
        self.lag = array("f")
        self.kind = array("B")
        self.replica = array("H")
        self.attempts = array("B")
        self.replicas: list[str] = [""]
        self._index = {"": 0}

    def __len__(self) -> int:
        return len(self.kind)

    def __iter__(self) -> Iterator[Sample]:
        for intended, latency, kind, replica in zip(self.intended, self.latency, self.kind, self.replica, strict=True):
            yield Sample(intended, latency, Kind(kind), self.replicas[replica])

    def add(self, intended: float, latency: float, outcome: Outcome, lag: float = 0.0) -> None:
        """Records one operation.

        Args:
            intended: Seconds since the start of the load.
            latency: Seconds since `intended`.
            outcome: How it ended.
            lag: By how many seconds the generator itself began it late.

        """
        self.intended.append(intended)
        self.latency.append(latency)
        self.lag.append(lag)
        self.kind.append(outcome.kind)
        self.attempts.append(min(outcome.attempts, 255))
        index = self._index.get(outcome.replica)
        if index is None:
            index = self._index[outcome.replica] = len(self.replicas)
            self.replicas.append(outcome.replica)
        self.replica.append(index)

    def by_kind(self) -> dict[Kind, int]:
        """How many ended in each way; ways that did not occur are left out."""
        return {Kind(kind): number for kind, number in sorted(Counter(self.kind).items())}

    def write(self, path: Path) -> None:
        """Stores them: one line of JSON, then the arrays as they are in memory."""
        head = {"version": VERSION, "count": len(self), "byteorder": sys.byteorder, "replicas": self.replicas}
        with path.open("wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
            for column in self._columns():
                column.tofile(file)

    @classmethod
    def read(cls, path: Path) -> "Samples":
        """Reads what `write` stored; a ValueError where the file is of another version or cut short."""
        samples = cls()
        with path.open("rb") as file:
            head = json.loads(file.readline())
            if head["version"] != VERSION:
                message = f"{path}: version {head['version']}, this kit reads version {VERSION}"
                raise ValueError(message)
            try:
                for column in samples._columns():
                    column.fromfile(file, head["count"])
                    if head["byteorder"] != sys.byteorder:
                        column.byteswap()
            except EOFError:
                message = f"{path}: cut short; {head['count']} samples were announced"
                raise ValueError(message) from None
        samples.replicas = head["replicas"]
        samples._index = {replica: index for index, replica in enumerate(samples.replicas)}
        return samples

    def _columns(self) -> "tuple[array[float] | array[int], ...]":
        return (self.intended, self.latency, self.lag, self.kind, self.replica, self.attempts)
