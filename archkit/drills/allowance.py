"""What clients may see of a failure, beside what the design promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archkit.drills.report import Measures


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What clients may see of a failure.

    Args:
        failed: Requests that may fail; None: as many as the objectives allow.
        gap_seconds: The longest time without a good answer; None: as the objectives say.
        failed_reads: Requests besides writes that may fail; None: as many as the objectives allow.
        write_gap_seconds: The longest time without an acknowledged write; None: as the objectives say.
        p99_seconds: What 99 of 100 good answers may take; None: as the objectives say.

    """

    failed: int | None = None
    gap_seconds: float | None = None
    failed_reads: int | None = None
    write_gap_seconds: float | None = None
    p99_seconds: float | None = None

    def missed(self, measures: Measures) -> list[str]:
        """What clients saw beyond it, one line each."""
        problems: list[str] = []
        if self.failed is not None and measures.failed > self.failed:
            problems.append(f"clients may see {self.failed} failed requests, got {measures.failed} of {measures.sent}")
        if self.gap_seconds is not None and measures.gap.seconds > self.gap_seconds:
            problems.append(
                f"clients may go {self.gap_seconds:g} s without an answer, got {measures.gap.seconds:.2f} s"
            )
        return [*problems, *self._missed_by_kind(measures)]

    def _missed_by_kind(self, measures: Measures) -> Iterator[str]:
        if self.failed_reads is not None:
            writes = measures.consistency
            if writes is None:
                yield "clients' writes must be told from their reads, but what became of them could not be read"
            elif (failed := measures.failed - (writes.attempted - writes.acknowledged)) > self.failed_reads:
                yield f"clients may see {self.failed_reads} failed reads, got {failed}"
        gap = measures.write_gap.seconds if measures.write_gap else None
        if self.write_gap_seconds is not None and (gap is None or gap > self.write_gap_seconds):
            yield f"clients may go {self.write_gap_seconds:g} s without an acknowledged write, got {_told(gap)}"
        p99 = measures.latency.p99_milliseconds / 1e3 if measures.latency else None
        if self.p99_seconds is not None and (p99 is None or p99 > self.p99_seconds):
            yield f"99 of 100 answers may take {self.p99_seconds:g} s, got {_told(p99)}"


def _told(seconds: float | None) -> str:
    return "no figure" if seconds is None else f"{seconds:.2f} s"
