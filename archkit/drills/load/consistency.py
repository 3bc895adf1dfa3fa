"""Compares what clients were told with what is there: lost, doubled, unknown, stale and backward reads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from archkit.drills.load.history import Read, Record, Write

EXAMPLES = 10  # identities that a report names; the counts are complete


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One kind of violation: how often, and the first few.

    Args:
        count: How many.
        examples: Identities of writes, or `key version after version` of reads.

    """

    count: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Consistency:
    """What became of the writes, and what the reads showed.

    Args:
        attempted: Writes that were tried.
        acknowledged: Writes whose client was told that they are kept.
        unknown: Writes without an answer (time-out, reset, 5xx): kept or not, both are right.
        unknown_kept: Those of them that are there.
        lost: Acknowledged and absent.
        duplicates: There more than once.
        phantoms: Surely refused, or never tried, and there all the same.
        stale_reads: A client did not see its own acknowledged write (read-your-writes).
        backward_reads: A client saw an older version than before (monotonic reads).
        first_lost_at: When the first lost write was acknowledged, in seconds since the start; None without a loss.
        last_lost_at: When the last one was.

    """

    attempted: int
    acknowledged: int
    unknown: int
    unknown_kept: int
    lost: Finding
    duplicates: Finding
    phantoms: Finding
    stale_reads: Finding
    backward_reads: Finding
    first_lost_at: float | None = None
    last_lost_at: float | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Consistency":
        """Reads what `dataclasses.asdict` made of it."""

        def finding(name: str) -> Finding:
            return Finding(count=values[name]["count"], examples=tuple(values[name]["examples"]))

        return cls(
            attempted=values["attempted"],
            acknowledged=values["acknowledged"],
            unknown=values["unknown"],
            unknown_kept=values["unknown_kept"],
            lost=finding("lost"),
            duplicates=finding("duplicates"),
            phantoms=finding("phantoms"),
            stale_reads=finding("stale_reads"),
            backward_reads=finding("backward_reads"),
            first_lost_at=values["first_lost_at"],
            last_lost_at=values["last_lost_at"],
        )

    @property
    def holds(self) -> bool:
        """True where nothing was lost, doubled, made up, stale or backward."""
        found = (self.lost, self.duplicates, self.phantoms, self.stale_reads, self.backward_reads)
        return not any(finding.count for finding in found)


def check(records: Iterable[Record], found: Mapping[str, int]) -> Consistency:
    """Compares the history with how often each identity was found afterwards.

    Args:
        records: Every write and read of the run.
        found: Identity -> how often it is there. Of a key that is overwritten, what it holds now.

    """
    history = list(records)
    writes = {record.entry.identity: record for record in history if isinstance(record.entry, Write)}
    lost = _lost(writes, found)
    unknown = [identity for identity, record in writes.items() if not record.answered and not record.refused]
    stale, backward = _reads(history)
    acknowledged_at = sorted(writes[identity].ended for identity in lost)
    return Consistency(
        attempted=len(writes),
        acknowledged=sum(record.answered for record in writes.values()),
        unknown=len(unknown),
        unknown_kept=sum(found.get(identity, 0) > 0 for identity in unknown),
        lost=_finding(lost),
        duplicates=_finding([identity for identity, times in found.items() if times > 1]),
        phantoms=_finding(
            [identity for identity, times in found.items() if times and _phantom(writes.get(identity))],
        ),
        stale_reads=_finding(stale),
        backward_reads=_finding(backward),
        first_lost_at=acknowledged_at[0] if acknowledged_at else None,
        last_lost_at=acknowledged_at[-1] if acknowledged_at else None,
    )


def _lost(writes: Mapping[str, Record], found: Mapping[str, int]) -> list[str]:
    """Acknowledged and absent; of a key, only where no version at least as new is there either."""
    kept_version: dict[str, int] = defaultdict(int)
    for identity, record in writes.items():
        if isinstance(record.entry, Write) and record.entry.key and found.get(identity):
            kept_version[record.entry.key] = max(kept_version[record.entry.key], record.entry.version)
    return [
        identity
        for identity, record in writes.items()
        if isinstance(record.entry, Write)
        and record.answered
        and not found.get(identity)
        and (not record.entry.key or record.entry.version > kept_version[record.entry.key])
    ]


def _phantom(record: Record | None) -> bool:
    return record is None or (record.refused and not record.answered)


def _reads(history: list[Record]) -> tuple[list[str], list[str]]:
    """Stale and backward reads; only operations that ended before another began are in an order."""
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in history:
        if record.answered and record.entry.key:
            groups[record.entry.session, record.entry.key].append(record)
    stale: list[str] = []
    backward: list[str] = []
    for (_, key), group in groups.items():
        ended = sorted(group, key=lambda record: record.ended)
        position, written, seen = 0, 0, 0
        for read in sorted((one for one in group if isinstance(one.entry, Read)), key=lambda one: one.began):
            while position < len(ended) and ended[position].ended <= read.began:
                entry = ended[position].entry
                if isinstance(entry, Write):
                    written = max(written, entry.version)
                else:
                    seen = max(seen, entry.version)
                position += 1
            if read.entry.version < written:
                stale.append(f"{key} {read.entry.version} after {written}")
            if read.entry.version < seen:
                backward.append(f"{key} {read.entry.version} after {seen}")
    return stale, backward


def _finding(examples: list[str]) -> Finding:
    return Finding(count=len(examples), examples=tuple(examples[:EXAMPLES]))
