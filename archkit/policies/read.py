"""Reading of recorded inputs: what is not plain (an output, a secret) says nothing, and no policy guesses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from archkit.graph import SECRET, SENTINEL, Graph, Resource


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; a single object counts as a list of one."""
    found: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [cast("dict[str, Any]", one) for one in found if isinstance(one, dict)]


def obj(value: Any) -> dict[str, Any]:
    """The object, or an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def texts(value: Any) -> list[str]:
    """The texts of a list; a single text counts as a list of one."""
    found: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str)]


def number(value: Any) -> float | None:
    """A plain number, also written as text."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def literal(value: Any) -> str | None:
    """A text that the program wrote itself; None for outputs and secrets."""
    return value if isinstance(value, str) and SENTINEL not in value and SECRET not in value else None


def is_true(value: Any) -> bool:
    """Whether it is on, or an output that may be: launch templates write booleans as text."""
    return value is True or value == "true" or (isinstance(value, str) and SENTINEL in value)


def sources(graph: Graph, resource: Resource, place: str, type_: str) -> list[Resource]:
    """The resources of a type whose outputs stand at a place."""
    top = place.partition(".")[0].partition("[")[0]
    urns = {
        one.urn for one in resource.references if one.path == place or one.path.startswith((f"{place}.", f"{place}["))
    }
    urns |= set(resource.reads.get(place, ())) if place == top else set()
    return [one for one in graph.of_type(type_) if one.urn in urns]


def statements(text: Any) -> Iterator[Mapping[str, Any]]:
    """The statements of a policy document, given as JSON or as an object."""
    document: Any = text
    if isinstance(text, str):
        try:
            document = json.loads(text)
        except json.JSONDecodeError:
            return
    yield from objects(obj(document).get("Statement"))
