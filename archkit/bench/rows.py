"""What every measurement gives: one line of the table that `make bench` prints."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
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


@contextmanager
def kept(rows: list[Row], what: str) -> Generator[None]:
    """Lets a measurement fail alone: a row that says why joins those that were made by then, and the others go on.

    Args:
        rows: What is measured inside is put there as soon as it is known.
        what: What did not come to its end: `a database made and removed`.

    """
    try:
        yield
    except UserError as error:
        rows.append(_not_measured(what, "; ".join(error.problems)))
    except Exception as error:  # half an hour's work is not lost to one measurement
        rows.append(_not_measured(what, f"{type(error).__name__}: {error}"))


def tried(what: str, make: Callable[[], Row | Iterable[Row]]) -> list[Row]:
    """The rows of one measurement, or one that says why there are none: the others are measured all the same."""
    rows: list[Row] = []
    with kept(rows, what):
        made = make()
        return [made] if isinstance(made, Row) else list(made)
    return rows


def _not_measured(what: str, note: str) -> Row:
    return Row(what=what, target="", measured="not measured", met=False, n=0, note=note[:_NOTE])
