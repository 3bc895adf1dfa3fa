"""When each operation should begin: constant rates, steps and ramps."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import ceil, inf, sqrt

from components.errors import refuse

MAX_RATE = 20_000.0  # per second; far above what one process of the generator can send, so a typing error
ROUNDING = 1e-9  # of an operation: sums of floats are no exact whole numbers


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A stretch in which the rate is constant or changes evenly.

    Args:
        rate: Operations per second at its start.
        to_rate: Operations per second at its end; None for a constant rate.
        seconds: How long; infinite only for a constant rate, until the load is stopped.

    Raises:
        InvalidArgsError: A rate outside 0 to 20 000 or without any operation, a length that is not above 0.

    """

    rate: float
    to_rate: float | None = None
    seconds: float = inf

    def __post_init__(self) -> None:
        ends = (("rate", self.rate), ("to_rate", self.end_rate))
        refuse(
            [
                *(
                    None
                    if 0 <= rate <= MAX_RATE
                    else f"load/{name}: must be 0 to {MAX_RATE:.0f} per second, got {rate:g}; "
                    "one process cannot send more, and would measure itself"
                    for name, rate in ends[: 1 if self.to_rate is None else 2]
                ),
                None
                if self.seconds > 0
                else f"load/seconds: must be above 0, got {self.seconds:g}; nothing would be sent",
                "load/seconds: must be finite for a ramp, got inf; a ramp without an end has no rate"
                if self.to_rate is not None and self.seconds == inf
                else None,
                f"load/rate: must be above 0, got {self.rate:g}; nothing would ever be sent"
                if self.rate == 0 and not self.end_rate and self.seconds == inf
                else None,
            ]
        )

    @property
    def end_rate(self) -> float:
        """Operations per second at its end."""
        return self.rate if self.to_rate is None else self.to_rate

    @property
    def operations(self) -> float:
        """How many operations are due in it (the area below the rate)."""
        return (self.rate + self.end_rate) / 2 * self.seconds if self.rate or self.end_rate else 0.0

    def time_of(self, due: float) -> float:
        """Seconds into the segment at which `due` operations have become due."""
        if due <= 0:
            return 0.0
        slope = 0.0 if self.to_rate is None else (self.to_rate - self.rate) / self.seconds
        if slope == 0:
            return due / self.rate
        # rate * t + slope * t^2 / 2 = due, in the form that does not cancel for a small slope
        return 2 * due / (self.rate + sqrt(max(0.0, self.rate**2 + 2 * slope * due)))


@dataclass(frozen=True)
class Schedule:
    """Segments, one after the other.

    Args:
        segments: In order of time; only the last may be without an end.

    """

    segments: tuple[Segment, ...]

    @classmethod
    def constant(cls, rate: float, seconds: float = inf) -> "Schedule":
        """The same rate all the time; without `seconds` until the load is stopped."""
        return cls((Segment(rate=rate, seconds=seconds),))

    @classmethod
    def steps(cls, rates: tuple[float, ...], seconds_each: float) -> "Schedule":
        """One rate after another, for finding where a system gives way."""
        return cls(tuple(Segment(rate=rate, seconds=seconds_each) for rate in rates))

    @classmethod
    def ramp(cls, from_rate: float, to_rate: float, seconds: float) -> "Schedule":
        """A rate that changes evenly."""
        return cls((Segment(rate=from_rate, to_rate=to_rate, seconds=seconds),))

    @property
    def seconds(self) -> float:
        """How long it lasts; infinite where it runs until it is stopped."""
        return sum(segment.seconds for segment in self.segments)

    def times(self) -> Iterator[float]:
        """Seconds since the start at which operation 0, 1, 2, ... should begin."""
        began, total = 0.0, 0.0
        for segment in self.segments:
            for number in count(ceil(total - ROUNDING)):
                if number >= total + segment.operations - ROUNDING:
                    break
                yield began + segment.time_of(number - total)
            total += segment.operations
            began += segment.seconds

    def due(self, seconds: float) -> float:
        """How many operations should have begun after `seconds`."""
        total, began = 0.0, 0.0
        for segment in self.segments:
            inside = min(max(0.0, seconds - began), segment.seconds)
            if inside > 0:
                share = 0.0 if segment.to_rate is None else inside / segment.seconds
                total += inside * (segment.rate + (segment.end_rate - segment.rate) * share / 2)
            began += segment.seconds
        return total
