"""A set of occupied stretches of a line: what lets the router find room in logarithmic time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

STEP = 5.0


class Intervals:
    """Occupied stretches, merged where they touch."""

    def __init__(self) -> None:
        self._lows: list[float] = []
        self._highs: list[float] = []

    def add(self, low: float, high: float) -> None:
        """Occupies a stretch."""
        first = bisect_left(self._highs, low)
        last = bisect_right(self._lows, high)
        if first < last:
            low, high = min(low, self._lows[first]), max(high, self._highs[last - 1])
        self._lows[first:last] = [low]
        self._highs[first:last] = [high]

    def free(self, low: float, high: float) -> bool:
        """True where nothing of the stretch is occupied."""
        place = bisect_right(self._highs, low)
        return place == len(self._lows) or self._lows[place] >= high

    def around(self, x: float) -> tuple[float, float]:
        """The stretch that holds x, or (x, x)."""
        place = bisect_left(self._highs, x)
        if place < len(self._lows) and self._lows[place] <= x:
            return self._lows[place], self._highs[place]
        return x, x

    def spans(self) -> list[tuple[float, float]]:
        return list(zip(self._lows, self._highs, strict=True))


def nearest(wish: float, low: float, high: float, accepts: Callable[[float], bool]) -> float | None:
    """The acceptable place nearest to a wish within a range; None where there is none."""
    if low > high:
        return None
    start = min(max(wish, low), high)
    if accepts(start):
        return start
    reach = int(max(high - start, start - low) / STEP) + 1
    for away in range(1, min(reach, 400) + 1):
        for place in (start + away * STEP, start - away * STEP):
            if low <= place <= high and accepts(place):
                return place
    # A gap narrower than a step may have room at its very ends alone.
    return next((place for place in (low, high) if accepts(place)), None)
