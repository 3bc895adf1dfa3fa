"""What long steps show: a bar on a terminal, a line now and then elsewhere."""

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from archkit import console

LINE_INTERVAL_SECONDS = 15.0


class Step(Protocol):
    """A step under way."""

    def update(self, *, done: int | None = None, total: int | None = None, detail: str | None = None) -> None:
        """Tells how far it is; what is left out stays as it was."""
        ...


class Progress(Protocol):
    """Shows steps."""

    def step(self, title: str) -> AbstractContextManager[Step]:
        """A context in which the step runs; leaving it without an error says that it is done."""
        ...


class ConsoleProgress:
    """Shows steps on stderr."""

    def __init__(self, target: Console = console.err) -> None:
        self._console = target

    @contextmanager
    def step(self, title: str) -> Generator[Step]:
        began = monotonic()
        shown = self._bar(title) if self._console.is_terminal else self._lines(title)
        try:
            with shown as step:
                yield step
        except Exception:
            # Why, says whoever catches it; often another way follows.
            self._console.print(f"[yellow]✗[/yellow] {title} [dim]({monotonic() - began:.1f} s)[/dim]")
            raise
        self._console.print(f"[green]✓[/green] {title} [dim]({monotonic() - began:.1f} s)[/dim]")

    @contextmanager
    def _bar(self, title: str) -> Generator[Step]:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[counts]}"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[detail]}"),
        )
        with RichProgress(*columns, console=self._console, transient=True) as bars:
            yield _Bar(bars, title)

    @contextmanager
    def _lines(self, title: str) -> Generator[Step]:
        self._console.print(f"… {title}", markup=False)
        yield _Lines(self._console, title)


class _Bar:
    def __init__(self, bars: RichProgress, title: str) -> None:
        self._bars = bars
        self._task = bars.add_task(title, total=None, counts="", detail="")
        self._done: int = 0
        self._total: int | None = None
        self._detail = ""

    def update(self, *, done: int | None = None, total: int | None = None, detail: str | None = None) -> None:
        self._done = self._done if done is None else done
        self._total = self._total if total is None else total
        self._detail = self._detail if detail is None else detail[-60:].replace("[", "\\[")
        said = counts(self._done, self._total)
        self._bars.update(self._task, completed=self._done, total=self._total, counts=said, detail=self._detail)


class _Lines:
    def __init__(self, target: Console, title: str) -> None:
        self._console = target
        self._title = title
        self._began = self._last = monotonic()
        self._done: int = 0
        self._total: int | None = None
        self._detail = ""

    def update(self, *, done: int | None = None, total: int | None = None, detail: str | None = None) -> None:
        self._done = self._done if done is None else done
        self._total = self._total if total is None else total
        self._detail = self._detail if detail is None else detail
        now = monotonic()
        if now - self._last >= LINE_INTERVAL_SECONDS:
            self._last = now
            said = " ".join(part for part in (counts(self._done, self._total), self._detail) if part)
            self._console.print(f"  {self._title}: {now - self._began:.0f} s, {said}", markup=False)


def counts(done: int, total: int | None) -> str:
    """`12/340` where the total is known, `12` where it is not, nothing before the first."""
    if total:
        return f"{done}/{total}"
    return str(done) if done else ""
