"""What a deployed stack must not lose by a slip: protected data, and what only ever grows."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints

from archkit.errors import UserError
from archkit.graph import Graph
from archkit.plain import items, mapping, text
from archkit.recorder import record
from archkit.stack.workspace import Opened
from components.cache import CacheArgs
from components.database import DatabaseArgs
from stacks.program import DESIGNS, program


def refuse_destroying_protected(opened: Opened) -> None:
    """Refuses to remove a stack that keeps protected data, before anything of it is touched.

    Raises:
        UserError: Names what is protected, and how that is taken off.

    """
    if problems := protected(opened.name, _resources(opened)):
        raise UserError.of(problems)


def refuse_shrinking(opened: Opened) -> None:
    """Refuses a deployment that would make smaller or older what only grows.

    Raises:
        UserError: One line for each.

    """
    if not _keeps_data(opened.config):
        return
    if problems := shrunk(_resources(opened), record(program(opened.config), stack=opened.name)):
        raise UserError.of(problems)


def protected(stack: str, resources: Iterable[Mapping[str, Any]]) -> list[str]:
    """The problem with removing each component that says that it is protected."""
    return [
        f"{text(outputs.get('capability'))}/{_name(one)}: must not be protected when its stack is destroyed, got the "
        f"prod profile; nothing was removed; if its data may go: `archkit init {stack} --set profile=dev`, `archkit up "
        f"{stack}`, and again"
        for one in resources
        if (outputs := mapping(one.get("outputs"))).get("protected") is True
    ]


def shrunk(before: Iterable[Mapping[str, Any]], after: Graph) -> list[str]:
    """The problem with each figure that only grows and would not."""
    wanted = {one.name: mapping(one.outputs.get("only_grows")) for one in after.resources if not one.custom}
    problems: list[str] = []
    for resource in before:
        outputs = mapping(resource.get("outputs"))
        for field, old in mapping(outputs.get("only_grows")).items():
            new = wanted.get(_name(resource), {}).get(field)
            if isinstance(old, int | float) and isinstance(new, int | float) and new < old:
                problems.append(
                    f"{text(outputs.get('capability'))}/{_name(resource)}/{field}: must be at least {old:g}, which is "
                    f"deployed, got {new:g}; data that is there would not fit or could not be read"
                )
    return problems


def _keeps_data(config: Mapping[str, Any]) -> bool:
    """Whether the design can have a database or a cache at all: others are spared the look."""
    design = DESIGNS.get(text(config.get("archkit:design")))
    if design is None:
        return False
    hints = get_type_hints(design.config)
    return any(hints[field.name] in (DatabaseArgs, CacheArgs) for field in dataclasses.fields(design.config))


def _resources(opened: Opened) -> list[Mapping[str, Any]]:
    return [mapping(one) for one in items(mapping(opened.stack.export_stack().deployment).get("resources"))]


def _name(resource: Mapping[str, Any]) -> str:
    return text(resource.get("urn")).rpartition("::")[2]
