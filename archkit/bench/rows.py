"""What every measurement gives: one line of the table that `make bench` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from archkit.errors import UserError

_NOTE = 400  # characters of an error that stand in a table


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measured figure beside what it must reach.

    Args:
        what: What was measured, with its unit: `up without changes, s`.
        target: What it must reach: `<= 3`; empty where it is only measured.
        measured: The figure, as it is shown: the median where there are several.
        met: Whether the target was reached; None where there is none.
        n: How many runs stand behind it.
        spread: Smallest and largest of them: `2.1 - 2.6`; empty for a single one.
        note: What one must know to read it.

    """

    what: str
    target: str
    measured: str
    met: bool | None
    n: int
    spread: str = ""
    note: str = ""


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Smallest and largest, for `Row.spread`; empty for fewer than two."""
    return f"{min(values):.{digits}f} - {max(values):.{digits}f}" if len(values) > 1 else ""


def tried(what: str, make: Callable[[], Row | Iterable[Row]]) -> list[Row]:
    """The rows of one measurement, or one that says why there are none: the others are measured all the same."""
    try:
        made = make()
        return [made] if isinstance(made, Row) else list(made)
    except UserError as error:
        note = "; ".join(error.problems)
    except Exception as error:  # half an hour's work is not lost to one measurement
        note = f"{type(error).__name__}: {error}"
    return [Row(what=what, target="", measured="not measured", met=False, n=0, note=note[:_NOTE])]
