"""Where the tool's output goes: results to stdout, progress and problems to stderr; rich respects NO_COLOR."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


# A terminal wraps lines; at its own width rich would cut them.
_WIDTH = 400


def wide() -> Console:
    """The stdout for what must not be cut at a terminal's width: trees, long tables."""
    return Console(file=out.file, width=_WIDTH, highlight=False, force_terminal=out.is_terminal, no_color=out.no_color)


def print_json(value: Any) -> None:
    """One JSON document on stdout, for programs: no colour, no wrapping."""
    out.file.write(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


@contextmanager
def step(title: str) -> Generator[None]:
    """Shows that a step is under way, and how long it took once it is done.

    On a terminal a spinner; elsewhere one line at its start and one at its end.
    """
    began = monotonic()
    if err.is_terminal:
        with err.status(title):
            yield
    else:
        err.print(f"… {title}", markup=False)
        yield
    err.print(f"[green]✓[/green] {title} [dim]({monotonic() - began:.1f} s)[/dim]")
