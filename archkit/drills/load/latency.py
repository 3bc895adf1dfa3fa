"""Percentiles of latencies, by HdrHistogram: three significant digits from 1 microsecond to one hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hdrh.histogram import HdrHistogram  # pyright: ignore[reportMissingTypeStubs]

HIGHEST_MICROSECONDS = 3_600_000_000
SIGNIFICANT_DIGITS = 3


@dataclass(frozen=True, kw_only=True)
class Latency:
    """How long operations took, from the moment at which they should have begun.

    Args:
        count: How many operations.
        p50_milliseconds: Half were at least as fast.
        p90_milliseconds: Nine of ten were.
        p99_milliseconds: 99 of 100 were.
        p999_milliseconds: 999 of 1000 were.
        max_milliseconds: The slowest.
        histogram: HdrHistogram in its own compressed text form (V2), in microseconds; runs can be added up from it.

    """

    count: int
    p50_milliseconds: float
    p90_milliseconds: float
    p99_milliseconds: float
    p999_milliseconds: float
    max_milliseconds: float
    histogram: str = ""


def latency_of(seconds: Iterable[float]) -> Latency | None:
    """Percentiles of latencies given in seconds; None where there are none."""
    histogram: Any = HdrHistogram(1, HIGHEST_MICROSECONDS, SIGNIFICANT_DIGITS)
    slowest = 0.0
    for value in seconds:
        histogram.record_value(min(HIGHEST_MICROSECONDS, max(1, round(value * 1e6))))
        slowest = max(slowest, value)
    if not histogram.total_count:
        return None
    return _summary(histogram, slowest * 1e3)


def merged(parts: Iterable[Latency]) -> Latency | None:
    """The latencies of several runs taken together, as percentiles cannot be averaged."""
    whole: Any = HdrHistogram(1, HIGHEST_MICROSECONDS, SIGNIFICANT_DIGITS)
    slowest = 0.0
    for part in parts:
        whole.decode_and_add(part.histogram)
        slowest = max(slowest, part.max_milliseconds)
    return _summary(whole, slowest) if whole.total_count else None


def _summary(histogram: Any, slowest_milliseconds: float) -> Latency:
    def at(percentile: float) -> float:
        return min(histogram.get_value_at_percentile(percentile) / 1e3, slowest_milliseconds)

    return Latency(
        count=histogram.total_count,
        p50_milliseconds=at(50),
        p90_milliseconds=at(90),
        p99_milliseconds=at(99),
        p999_milliseconds=at(99.9),
        max_milliseconds=slowest_milliseconds,
        histogram=histogram.encode().decode("ascii"),
    )
