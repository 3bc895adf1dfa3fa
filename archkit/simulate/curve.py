"""Load curves: requests a second over time, from a few words or from a file."""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from archkit.errors import UserError

_STEP = re.compile(r"step:(\d+(?:\.\d+)?)x-(\d+(?:\.\d+)?)x")
HELP = "`step:1x-5x`, or a CSV file with the columns `seconds` and `requests_per_second`"


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Requests a second, constant from each point to the next.

    Args:
        name: For titles.
        points: (seconds, requests a second), in order of time; the first at 0.
        seconds: How long it lasts.

    """

    name: str
    points: tuple[tuple[float, float], ...]
    seconds: float

    def at(self, seconds: float) -> float:
        """Requests a second at that time."""
        return self.points[max(0, bisect_right(self.points, (seconds, float("inf"))) - 1)][1]


def read_curve(given: str, base: float) -> Curve:
    """A curve from what a user said.

    Args:
        given: `step:1x-2x` or the name of a CSV file.
        base: Requests a second that `1x` stands for.

    Raises:
        UserError: Every problem with it, one line each.

    """
    if given.startswith("step:"):
        return _step(given, base)
    path = Path(given)
    if not path.is_file():
        message = f"--curve: must be {HELP}, got {given!r}; there is no such file"
        raise UserError(message)
    return _file(path)


def _step(given: str, base: float) -> Curve:
    found = _STEP.fullmatch(given)
    if not found:
        message = f"--curve: must be {HELP}, got {given!r}; a step has two factors, as in `step:1x-5x`"
        raise UserError(message)
    low, high = (float(one) * base for one in found.groups())
    return Curve(name=given, points=((0.0, low), (60.0, high), (660.0, low)), seconds=1500.0)


def _file(path: Path) -> Curve:
    problems: list[str] = []
    points: list[tuple[float, float]] = []
    with path.open(newline="") as text:
        rows = csv.DictReader(text)
        if not {"seconds", "requests_per_second"} <= set(rows.fieldnames or ()):
            got = ", ".join(rows.fieldnames or ()) or "none"
            message = f"{path}: must have the columns seconds and requests_per_second, got {got}"
            raise UserError(message)
        for number, row in enumerate(rows, start=2):
            try:
                at, rate = float(row["seconds"]), float(row["requests_per_second"])
            except (TypeError, ValueError):
                problems.append(f"{path}:{number}: must be two numbers, got {', '.join(map(str, row.values()))}")
                continue
            if not 0 <= rate < float("inf"):
                problems.append(f"{path}:{number}: requests_per_second must be 0 or more, got {rate:g}")
            if points and at <= points[-1][0]:
                problems.append(f"{path}:{number}: seconds must be after {points[-1][0]:g}, got {at:g}; time goes on")
            points.append((at, rate))
    if not problems and (len(points) < 2 or points[0][0] != 0):
        problems.append(
            f"{path}: must have two points or more, the first at 0 s, got {len(points)}; they span the time"
        )
    if problems:
        raise UserError(*problems)
    return Curve(name=path.name, points=tuple(points), seconds=points[-1][0])
