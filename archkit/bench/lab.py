"""How long the lab takes to come and go."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import perf_counter

from archkit.bench.rows import Row, spread
from archkit.lab import Lab, down, up

UP_SECONDS = 5.0
DOWN_SECONDS = 3.0


def measure(*, repeats: int = 3) -> list[Row]:
    """From nothing to three ready zones, without images, and back.

    Args:
        repeats: How often.

    Raises:
        UserError: This machine cannot have a lab.

    """
    ups: list[float] = []
    downs: list[float] = []
    lab = Lab(name="akl-bench", root=Path("/var/lib/akl-bench"))
    for _ in range(repeats):
        began = perf_counter()
        try:
            up(lab)
            ups.append(perf_counter() - began)
        finally:
            began = perf_counter()
            down(lab)
            downs.append(perf_counter() - began)
    return [_row("lab up from nothing, without images, s", UP_SECONDS, ups), _row("lab down, s", DOWN_SECONDS, downs)]


def _row(what: str, limit: float, taken: list[float]) -> Row:
    return Row(
        what=what,
        target=f"<= {limit:g}",
        measured=f"{median(taken):.1f}",
        met=median(taken) <= limit,
        n=len(taken),
        spread=spread(taken),
    )
