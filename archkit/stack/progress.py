"""Shows what the engine is doing: a line for each resource that changed, and what is under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.status import Status

from archkit import console
from archkit.plain import mapping

if TYPE_CHECKING:
    from pulumi import automation

# By the engine's own words for its steps.
_VERBS = {
    "create": ("+", "green", "created"),
    "update": ("~", "yellow", "updated"),
    "delete": ("-", "red", "deleted"),
    "replace": ("±", "magenta", "replaced"),
    "create-replacement": ("±", "magenta", "replaced"),
    "delete-replaced": ("-", "red", "deleted (replaced)"),
}
_MOST_SHOWN = 3
SECRET_KEY = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the engine's own mark of special values


class Progress:
    """Follows the engine's events.

    Attributes:
        changes: How many resources were created, updated, replaced, deleted, or stayed the same.
        messages: What the engine and the program said as errors, in order.
        outputs: What the stack exports, secrets left out; complete at the end of a run that succeeded.

    """

    def __init__(self, title: str, status: Status | None, *, planning: bool = False) -> None:
        self.title = title
        self.changes: Counter[str] = Counter()
        self.messages: list[tuple[str, str]] = []
        self.outputs: dict[str, Any] = {}
        self._status = status
        self._planning = planning
        self._under_way: dict[str, float] = {}
        self._told: set[tuple[str, str]] = set()

    def on_event(self, event: automation.EngineEvent) -> None:
        """Takes one event of the engine."""
        if event.resource_pre_event:
            step = event.resource_pre_event.metadata
            if step.op.value in _VERBS:
                self._under_way[step.urn] = monotonic()
        if event.res_outputs_event:
            self._finished(event.res_outputs_event.metadata)
            self._export(event.res_outputs_event.metadata)
        if event.res_op_failed_event:
            self._under_way.pop(event.res_op_failed_event.metadata.urn, None)
        if event.diagnostic_event and event.diagnostic_event.severity == "error":
            said = (event.diagnostic_event.urn or "", event.diagnostic_event.message)
            if said not in self.messages:
                self.messages.append(said)
        self._show()

    def _finished(self, step: automation.StepEventMetadata) -> None:
        began = self._under_way.pop(step.urn, None)
        if (step.urn, step.op.value) in self._told:
            return  # a component is told of twice: when it is made, and when it registers its outputs
        self._told.add((step.urn, step.op.value))
        if step.op.value not in _VERBS:
            self.changes["same"] += 1
            return
        sign, colour, verb = _VERBS[step.op.value]
        if step.type.startswith("pulumi:"):
            return  # the stack and the providers are the engine's own bookkeeping
        self.changes[verb] += 1
        took = "" if self._planning or began is None else f" {monotonic() - began:.1f} s"
        kind, name = _words(step.urn)
        console.err.print(f"  [{colour}]{sign}[/{colour}] {escape(name)} [dim]{kind}{took}[/dim]")

    def _export(self, step: automation.StepEventMetadata) -> None:
        if step.type == "pulumi:pulumi:Stack" and step.new is not None:
            exported = mapping(step.new.outputs)
            self.outputs = {key: value for key, value in exported.items() if not _is_secret(value)}

    def _show(self) -> None:
        if self._status is None:
            return
        names = [_words(urn)[1] for urn in list(self._under_way)[:_MOST_SHOWN]]
        more = len(self._under_way) - len(names)
        tail = ", ".join(names) + (f" and {more} more" if more > 0 else "")
        self._status.update(f"{self.title}{': ' + escape(tail) if tail else ''}")


@contextmanager
def following(title: str, *, planning: bool = False) -> Generator[Progress]:
    """Progress for one run of the engine: a spinner on a terminal, lines elsewhere."""
    began = monotonic()
    if console.err.is_terminal:
        with console.err.status(title) as status:
            progress = Progress(title, status, planning=planning)
            yield progress
    else:
        console.err.print(f"… {escape(title)}")
        progress = Progress(title, None, planning=planning)
        yield progress
    would = "to be " if planning else ""
    counted = ", ".join(f"{count} {would}{verb}" for verb, count in sorted(progress.changes.items()) if verb != "same")
    console.err.print(
        f"[green]✓[/green] {escape(title)}: {counted or 'no changes'} [dim]({monotonic() - began:.1f} s)[/dim]"
    )


def _is_secret(value: Any) -> bool:
    return (isinstance(value, dict) and SECRET_KEY in value) or value == "[secret]"


def _words(urn: str) -> tuple[str, str]:
    """The last part of the type, and the name: `Service`, `web-server`."""
    parts = urn.split("::")
    return parts[2].split(":")[-1], parts[-1]
