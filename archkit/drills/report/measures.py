"""The figures of one run: what failed, for how long, what was lost, how long recovery took."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archkit.drills.load.consistency import Consistency
from archkit.drills.load.latency import Latency
from archkit.drills.load.outcome import Kind
from archkit.drills.load.result import LoadResult
from archkit.drills.load.samples import Samples
from components.objectives import AVAILABILITY_PERIOD_SECONDS

SLOW_SECONDS = 1.0  # a person notices; used where a scenario says nothing else
SETTLE_SECONDS = 1.0  # a system that still disturbs clients in the last second has not recovered


@dataclass(frozen=True, kw_only=True)
class Gap:
    """The longest time without a success.

    Args:
        seconds: How long.
        began: When, in seconds since the start of the load.
        open: True where it lasted to the end of the load, so that it was at least so long.

    """

    seconds: float
    began: float
    open: bool = False


@dataclass(frozen=True, kw_only=True)
class Measures:
    """The figures of one run; times in seconds, None for what could not be measured.

    Args:
        sent: Operations.
        failed: Those that did not end well.
        failed_before_fault: Those of them that ended before the fault: the steady state did not hold.
        error_rate: Share of failed operations from the fault on (of all, without a fault).
        gap: Longest time between two successful answers.
        write_gap: Longest time between two acknowledged writes; None where nothing was written.
        recovery_seconds: From the fault (or the healing, whichever came last) until clients last noticed it: an
            operation failed or took over a second. 0 where they noticed nothing.
        recovered: False where they still noticed it in the last second of the load.
        downtime_seconds: Seconds, each weighted with its share of failed or slow operations.
        availability: What remains of 30 days after one such downtime.
        lost: Acknowledged writes that are absent; None where nothing was written or it could not be verified.
        duplicates: Writes that are there more than once.
        unknown: Writes without an answer.
        recovery_point_seconds: Age, at the fault, of the oldest lost write (or their span, if that is longer).
        latency: Of answered operations; None where the generator did not keep up.
        consistency: All that was checked.
        problem: Why the run proves nothing; empty where it does.

    """

    sent: int
    failed: int
    failed_before_fault: int
    error_rate: float
    gap: Gap
    write_gap: Gap | None
    recovery_seconds: float
    recovered: bool
    downtime_seconds: float
    availability: float
    lost: int | None
    duplicates: int | None
    unknown: int | None
    recovery_point_seconds: float | None
    latency: Latency | None
    consistency: Consistency | None = None
    problem: str = ""


def measure(
    result: LoadResult,
    *,
    fault_at: float | None,
    healed_at: float | None = None,
    slow_seconds: float = SLOW_SECONDS,
) -> Measures:
    """The figures of one load.

    Args:
        result: What the load came to.
        fault_at: When the fault was injected, in seconds since the start of the load; None for a run without one.
        healed_at: When it was healed; None where it never was.
        slow_seconds: An operation that took longer counts as noticed.

    """
    samples = result.samples
    marks = sorted(mark for mark in (fault_at, healed_at) if mark is not None)
    recovery, recovered = recovery_of(samples, marks, ended=result.seconds, slow_seconds=slow_seconds)
    downtime = downtime_of(samples, slow_seconds=slow_seconds)
    consistency = result.consistency
    before, after = _failed(samples, fault_at)
    since_fault = sum(fault_at is None or at >= fault_at for at in samples.intended)
    return Measures(
        sent=result.sent,
        failed=result.failed,
        failed_before_fault=before,
        error_rate=min(1.0, after / since_fault) if since_fault else 0.0,
        gap=gap_of(successes(samples), ended=result.seconds),
        write_gap=gap_of(result.acknowledged_at, ended=result.seconds) if result.records else None,
        recovery_seconds=recovery,
        recovered=recovered,
        downtime_seconds=downtime,
        availability=1 - downtime / AVAILABILITY_PERIOD_SECONDS,
        lost=consistency.lost.count if consistency else None,
        duplicates=consistency.duplicates.count if consistency else None,
        unknown=consistency.unknown if consistency else None,
        recovery_point_seconds=recovery_point_of(consistency, fault_at) if consistency else None,
        latency=result.latency,
        consistency=consistency,
        problem=_problem(result, before),
    )


def successes(samples: Samples) -> list[float]:
    """When each successful operation ended, sorted."""
    columns = zip(samples.intended, samples.latency, samples.kind, strict=True)
    return sorted(intended + latency for intended, latency, kind in columns if kind == Kind.OK)


def gap_of(times: Sequence[float], *, ended: float) -> Gap:
    """The longest time without a success between 0 and `ended`, both ends of the load included."""
    inside = [time for time in times if time < ended]
    longest = max(pairwise([0.0, *inside, ended]), key=lambda pair: pair[1] - pair[0])
    is_open = longest[1] == ended and ended - longest[0] > 0
    return Gap(seconds=longest[1] - longest[0], began=longest[0], open=is_open)


def recovery_of(
    samples: Samples, marks: Sequence[float], *, ended: float, slow_seconds: float = SLOW_SECONDS
) -> tuple[float, bool]:
    """How long after a mark clients last noticed something, and whether that was over before the end."""
    longest, last = 0.0, 0.0
    for _, finished in disturbed(samples, slow_seconds):
        cause = max((mark for mark in marks if mark <= finished), default=None)
        if cause is not None:
            longest = max(longest, finished - cause)
            last = max(last, finished)
    return longest, last <= ended - SETTLE_SECONDS


def disturbed(samples: Samples, slow_seconds: float) -> Iterable[tuple[float, float]]:
    """Intended begin and end of each operation that failed or was slow."""
    for intended, latency, kind in zip(samples.intended, samples.latency, samples.kind, strict=True):
        if kind != Kind.OK or latency > slow_seconds:
            yield intended, intended + latency


def downtime_of(samples: Samples, *, slow_seconds: float = SLOW_SECONDS) -> float:
    """Seconds of the load, each weighted with the share of its operations that failed or were slow."""
    sent: dict[int, int] = {}
    bad: dict[int, int] = {}
    for intended in samples.intended:
        sent[int(intended)] = sent.get(int(intended), 0) + 1
    for intended, _ in disturbed(samples, slow_seconds):
        bad[int(intended)] = bad.get(int(intended), 0) + 1
    return sum(number / sent[second] for second, number in bad.items())


def recovery_point_of(consistency: Consistency, fault_at: float | None) -> float:
    """How far back the loss reaches: from the oldest lost write to the fault, or to the newest lost one after it."""
    if consistency.first_lost_at is None or consistency.last_lost_at is None:
        return 0.0
    until = max(consistency.last_lost_at, fault_at if fault_at is not None else consistency.last_lost_at)
    return until - consistency.first_lost_at


def _failed(samples: Samples, fault_at: float | None) -> tuple[int, int]:
    """Failures that ended before the fault, and the others."""
    before = after = 0
    for intended, latency, kind in zip(samples.intended, samples.latency, samples.kind, strict=True):
        if kind != Kind.OK:
            if fault_at is not None and intended + latency < fault_at:
                before += 1
            else:
                after += 1
    return before, after


def _problem(result: LoadResult, failed_before: int) -> str:
    if not result.pace.kept_up:
        return result.pace.problem(result.seconds)
    if result.verify_error:
        return f"load/verify: must be able to read what was written, got {result.verify_error}; loss is unknown"
    if not result.sent:
        return "load/seconds: must be long enough to send something, got no operation at all; nothing is proven"
    if failed_before:
        return (
            f"drill/steady state: clients must be served without failures before the fault, got {failed_before} "
            "failed; what happened afterwards proves nothing"
        )
    return ""
