"""The course of a run: rate, errors, latency and who answered, in buckets of time."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import ceil

from archkit.drills.load.outcome import Kind
from archkit.drills.load.result import LoadResult

MAX_BUCKETS = 240  # one every four pixels of a plot
BUCKET_SECONDS = (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """One stretch of time. What became of an operation belongs to when it ended, its latency to when it was due.

    Args:
        at: Begin, in seconds since the start of the load.
        due: Operations that should have begun in it.
        ok: Good answers that came in it.
        failed: Failures that were known in it, by the label of their kind.
        p50_milliseconds: Of those due in it and answered well; None without any, or where the generator lagged.
        p99_milliseconds: The same.
        max_milliseconds: The same.
        replicas: How many each replica answered.

    """

    at: float
    due: int
    ok: int
    failed: dict[str, int]
    p50_milliseconds: float | None
    p99_milliseconds: float | None
    max_milliseconds: float | None
    replicas: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Series:
    """All buckets of a run, without a hole.

    Args:
        bucket_seconds: How long each is.
        buckets: In order of time.

    """

    bucket_seconds: float
    buckets: tuple[Bucket, ...]


def series_of(result: LoadResult) -> Series:
    """The course of a load, in at most 240 buckets."""
    width = next((one for one in BUCKET_SECONDS if result.seconds / one <= MAX_BUCKETS), BUCKET_SECONDS[-1])
    due: Counter[int] = Counter()
    ok: Counter[int] = Counter()
    latencies: dict[int, list[float]] = defaultdict(list)
    failed: dict[int, Counter[str]] = defaultdict(Counter)
    replicas: dict[int, Counter[str]] = defaultdict(Counter)
    for sample in result.samples:
        began = int(sample.intended / width + 1e-9)
        ended = int((sample.intended + sample.latency) / width)
        due[began] += 1
        if sample.kind == Kind.OK:
            ok[ended] += 1
            latencies[began].append(sample.latency)
        else:
            failed[ended][sample.kind.label] += 1
        if sample.replica:
            replicas[ended][sample.replica] += 1
    last = max((*due, *ok, *failed), default=0)
    return Series(
        bucket_seconds=width,
        buckets=tuple(
            _bucket(
                round(index * width, 6),
                due=due[index],
                ok=ok[index],
                failed=failed[index],
                replicas=replicas[index],
                latencies=latencies[index] if result.pace.kept_up else [],
            )
            for index in range(last + 1)
        ),
    )


def _bucket(
    at: float, *, due: int, ok: int, failed: Counter[str], replicas: Counter[str], latencies: list[float]
) -> Bucket:
    ordered = sorted(latencies)
    return Bucket(
        at=at,
        due=due,
        ok=ok,
        failed=dict(sorted(failed.items())),
        p50_milliseconds=_at(ordered, 0.50),
        p99_milliseconds=_at(ordered, 0.99),
        max_milliseconds=_at(ordered, 1.0),
        replicas=dict(sorted(replicas.items())),
    )


def _at(ordered: list[float], share: float) -> float | None:
    """The nearest-rank percentile, in milliseconds."""
    return round(ordered[max(0, ceil(len(ordered) * share) - 1)] * 1e3, 3) if ordered else None
