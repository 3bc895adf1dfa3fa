"""What will change: `pulumi preview --json --show-sames`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from archkit.errors import UserError
from archkit.graph import SECRET, Graph, Resource
from topology.kinds import Change
from topology.readers.reading import Reading
from topology.readers.state import STACK, graph_of

_CHANGES = {
    "same": Change.SAME,
    "refresh": Change.SAME,
    "read": Change.SAME,
    "create": Change.CREATE,
    "import": Change.CREATE,
    "update": Change.UPDATE,
    "replace": Change.REPLACE,
    "create-replacement": Change.REPLACE,
    "delete-replaced": Change.REPLACE,
    "discard-replaced": Change.REPLACE,
    "remove-pending-replace": Change.REPLACE,
    "import-replacement": Change.REPLACE,
    "read-replacement": Change.REPLACE,
    "delete": Change.DELETE,
    "read-discard": Change.DELETE,
}


def read_preview(document: Mapping[str, Any], *, source: str, program: Graph | None = None) -> Reading:
    """The graph after the change, with what will be deleted, and the change of each resource.

    Args:
        document: The parsed output.
        source: Its name, for messages.
        program: The program's recorded graph, of the same project and stack: without `--show-sames` the engine lists
            only what changes, and this tells the rest.

    Raises:
        UserError: The preview failed, or lists only what changes and no program was given.

    """
    _refuse_failed(document, source)
    listed: Any = document.get("steps") or []
    steps = cast("list[Mapping[str, Any]]", listed)
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in cast("list[Any]", listed)):
        message = f"{source}: steps: must be a list of steps; the file was edited: preview again"
        raise UserError(message)
    states: dict[str, Mapping[str, Any]] = {}
    changes: dict[str, Change] = {}
    for step in steps:
        urn = str(step.get("urn"))
        state = step.get("newState") or step.get("oldState")
        op = str(step.get("op"))
        if op not in _CHANGES:
            known = ", ".join(_CHANGES)
            message = f"{source}: steps: op: must be one of {known}, got {op!r}; the file was edited: preview again"
            raise UserError(message)
        if isinstance(state, Mapping):
            states[urn] = {**_old(step), **cast("Mapping[str, Any]", state)}
        change = _CHANGES[op]
        changes[urn] = change if change is not Change.SAME else changes.get(urn, change)
    partial = _left_out(document, steps)
    if partial and program is None:
        message = (
            f"{source}: must list every resource, leaves out {partial} that stay the same; "
            "preview again with `pulumi preview --json --show-sames`"
        )
        raise UserError(message)
    found = graph_of(states.values(), source=source, region=_region(document)) if states else None
    if program is not None and partial:
        return Reading(graph=_laid_over(program, found), changes=_meant(changes))
    if found is None:
        message = f"{source}: must list resources, got no step; preview again with `pulumi preview --json --show-sames`"
        raise UserError(message)
    return Reading(graph=found, changes=_meant(changes))


def _region(document: Mapping[str, Any]) -> str:
    config = document.get("config")
    region = cast("Mapping[str, Any]", config).get("aws:region") if isinstance(config, Mapping) else None
    return region if isinstance(region, str) and region != SECRET else ""


def _old(step: Mapping[str, Any]) -> Mapping[str, Any]:
    """Outputs and id that stay known where the resource is not replaced: they say which output stands where."""
    old = step.get("oldState")
    if not isinstance(old, Mapping):
        return {}
    return {key: one for key, one in cast("Mapping[str, Any]", old).items() if key in ("id", "sourcePosition")}


def _meant(changes: Mapping[str, Change]) -> dict[str, Change]:
    return {urn: change for urn, change in changes.items() if change is not Change.SAME}


def _left_out(document: Mapping[str, Any], steps: Iterable[Mapping[str, Any]]) -> int:
    summary = document.get("changeSummary")
    counted = cast("Mapping[str, Any]", summary).get("same", 0) if isinstance(summary, Mapping) else 0
    listed = sum(1 for step in steps if step.get("op") == "same")
    return max(0, int(counted) - listed) if isinstance(counted, int) else 0


def _laid_over(program: Graph, found: Graph | None) -> Graph:
    known = {resource.urn for resource in program.resources}
    gone = [one for one in (found.resources if found else ()) if one.urn not in known and not _is_stack(one)]
    positions = {**(found.positions if found else {}), **program.positions}
    return replace(
        program,
        resources=tuple(sorted((*program.resources, *gone), key=lambda one: one.urn)),
        positions={urn: at for urn, at in positions.items() if urn in known or any(urn == one.urn for one in gone)},
    )


def _is_stack(resource: Resource) -> bool:
    return resource.type == STACK


def _refuse_failed(document: Mapping[str, Any], source: str) -> None:
    """A preview that failed lists the steps before the failure: no picture of that."""
    problems: list[str] = []
    for one in cast("list[Any]", document.get("diagnostics") or []):
        if isinstance(one, Mapping) and cast("Mapping[str, Any]", one).get("severity") == "error":
            said = str(cast("Mapping[str, Any]", one).get("message", ""))
            problems.append(f"{source}: the preview failed: {_short(said)}")
    if problems:
        raise UserError.of(problems)


def _short(said: str) -> str:
    """A program's own error with its line, without the traceback around it."""
    lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
    if not any(line.startswith("Traceback") for line in lines):
        return " ".join(lines)
    place = next((line for line in reversed(lines) if line.startswith("File ")), "")
    return f"{lines[-1]} ({place})" if place else lines[-1]
