"""What a load came to, and whether its generator kept up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from archkit.drills.load.consistency import Consistency
from archkit.drills.load.history import Record, Write
from archkit.drills.load.latency import Latency, latency_of
from archkit.drills.load.outcome import Kind
from archkit.drills.load.samples import Samples

TOLERATED_LAG_SECONDS = 0.010
TOLERATED_LATE_SHARE = 0.01  # a p99 cannot be moved by less


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How well the generator itself kept to the schedule.

    Args:
        due: Operations that should have begun.
        begun: Those that did.
        late_share: Share that began more than 10 ms late, for reasons of the generator's own.
        lag_p99_milliseconds: 99 of 100 began at most so late.
        lag_max_milliseconds: The latest.
        cpu_share: CPU that the generator used, in cores.

    """

    due: int
    begun: int
    late_share: float
    lag_p99_milliseconds: float
    lag_max_milliseconds: float
    cpu_share: float

    @property
    def kept_up(self) -> bool:
        """False where the latencies are the generator's own and must not be reported as the system's."""
        return self.late_share <= TOLERATED_LATE_SHARE and self.begun >= self.due * (1 - TOLERATED_LATE_SHARE) - 1

    def problem(self, seconds: float) -> str:
        """What to tell the user where it did not keep up; empty where it did."""
        if self.kept_up:
            return ""
        asked, reached = self.due / seconds, self.begun / seconds
        return (
            f"load/rate: must be what this machine can send, got {asked:.0f} per second; "
            f"{reached:.0f} per second were begun and {self.late_share:.0%} of them over 10 ms late "
            f"(p99 {self.lag_p99_milliseconds:.0f} ms), so the latencies are the generator's own and are not reported; "
            "ask for a lower rate or free a core"
        )


def pace_of(due: float, lags: Iterable[float], cpu_seconds: float, seconds: float) -> Pace:
    """The pace from the delays (in seconds) with which operations began."""
    ordered = sorted(lags)
    count = len(ordered)
    return Pace(
        due=round(due),
        begun=count,
        late_share=sum(lag > TOLERATED_LAG_SECONDS for lag in ordered) / count if count else 0.0,
        lag_p99_milliseconds=ordered[min(count - 1, int(count * 0.99))] * 1e3 if count else 0.0,
        lag_max_milliseconds=ordered[-1] * 1e3 if count else 0.0,
        cpu_share=cpu_seconds / seconds if seconds > 0 else 0.0,
    )


@dataclass(frozen=True, kw_only=True)
class LoadResult:
    """One load from its start to its end.

    Args:
        workload: What was done, for people: `GET http://127.0.0.1:8080/`.
        rate: Operations per second that were asked for, over the whole load.
        began_wall: Start, in seconds since the epoch.
        began_monotonic: The same moment on this machine's monotonic clock.
        seconds: From the start until the last operation should have begun.
        samples: Every operation.
        records: Every write and read; empty for a workload without any.
        pace: Whether the generator kept up.
        consistency: What became of the writes; None where nothing was written or it could not be verified.
        verify_error: Why it could not be verified; empty where it could.

    """

    workload: str
    rate: float
    began_wall: float
    began_monotonic: float
    seconds: float
    samples: Samples
    pace: Pace
    records: tuple[Record, ...] = ()
    consistency: Consistency | None = None
    verify_error: str = ""
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def sent(self) -> int:
        """Operations that ended, in whatever way."""
        return len(self.samples)

    @property
    def failed(self) -> int:
        """Operations that did not end well."""
        return sum(number for kind, number in self.samples.by_kind().items() if kind != Kind.OK)

    @property
    def latency(self) -> Latency | None:
        """Latency of the operations that were answered well; None where the generator did not keep up."""
        if not self.pace.kept_up:
            return None
        pairs = zip(self.samples.latency, self.samples.kind, strict=True)
        return latency_of(latency for latency, kind in pairs if kind == Kind.OK)

    @property
    def acknowledged_at(self) -> list[float]:
        """When each write was acknowledged, in seconds since the start, sorted."""
        return sorted(one.ended for one in self.records if isinstance(one.entry, Write) and one.answered)
