"""What a graph says, indexed once: every question the rules ask is answered without another scan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from archkit.graph import SECRET, SENTINEL, Graph, Reference, Resource

_HEAD = re.compile(r"[^.\[]+")
_STEP = re.compile(r"[^.\[\]]+")


class Facts:
    """A graph with its references and components indexed."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.by_urn = {resource.urn: resource for resource in graph.resources}
        self.children: dict[str, list[Resource]] = {}
        self._references: dict[str, dict[str, list[Reference]]] = {}
        for resource in graph.resources:
            self.children.setdefault(resource.parent, []).append(resource)
            for reference in resource.references:
                own = self._references.setdefault(resource.urn, {})
                own.setdefault(head(reference.path), []).append(reference)

    def linked(self, resource: Resource, *paths: str) -> tuple[Resource, ...]:
        """The resources whose outputs stand at or below the given places of the inputs, in order of appearance.

        Where nobody knows the exact place (a preview), what the whole top-level input depends on.
        """
        found: dict[str, None] = {}
        for path in paths:
            top = head(path)
            references = self._references.get(resource.urn, {}).get(top, [])
            found.update({one.urn: None for one in references if _below(one.path, path)})
            if path == top or not references or _is_unknown(resource, path):
                placed = {one.urn for one in references}
                found.update({urn: None for urn in resource.reads.get(top, ()) if urn not in placed})
        return tuple(self.by_urn[urn] for urn in found if urn in self.by_urn)

    def everything_linked(self, resource: Resource) -> tuple[Resource, ...]:
        """Every resource that any of the inputs uses."""
        found = dict.fromkeys(one.urn for group in self._references.get(resource.urn, {}).values() for one in group)
        for urns in resource.reads.values():
            found.update(dict.fromkeys(urns))
        return tuple(self.by_urn[urn] for urn in found if urn in self.by_urn)

    def ancestors(self, resource: Resource) -> tuple[Resource, ...]:
        """The components around a resource, the nearest first."""
        found: list[Resource] = []
        seen = {resource.urn}
        parent = self.by_urn.get(resource.parent)
        while parent is not None and parent.urn not in seen:
            found.append(parent)
            seen.add(parent.urn)
            parent = self.by_urn.get(parent.parent)
        return tuple(found)


def head(path: str) -> str:
    """The top-level input of a path: `ingress` of `ingress[0].securityGroups[0]`."""
    match = _HEAD.match(path)
    return match.group() if match else path


def _is_unknown(resource: Resource, path: str) -> bool:
    """Whether a nested input is known after deployment only."""
    value: Any = resource.inputs
    for step in _STEP.findall(path):
        if isinstance(value, list):
            index = int(step) if step.isdigit() else -1
            value = cast("list[Any]", value)[index] if 0 <= index < len(cast("list[Any]", value)) else None
        else:
            value = get(value, step)
    return isinstance(value, str) and f"{SENTINEL}unknown" in value


def _below(path: str, place: str) -> bool:
    return path == place or (path.startswith(place) and path[len(place)] in ".[")


def known(value: Any) -> bool:
    """Whether a value is really there: neither unknown until deployment, nor a secret, nor absent."""
    return value is not None and value != SECRET and not (isinstance(value, str) and SENTINEL in value)


def text(value: Any, *path: str) -> str:
    """A known text or number inside nested inputs, as text; empty where there is none."""
    found = get(value, *path)
    return str(found) if known(found) and isinstance(found, (str, int, float)) else ""


def whole(value: Any, *path: str) -> int | None:
    """A known whole number inside nested inputs, also where it was written as text; None where there is none."""
    found = get(value, *path)
    try:
        return int(found) if known(found) and not isinstance(found, bool) else None
    except (TypeError, ValueError):
        return None


def get(value: Any, *path: str) -> Any:
    """A nested value of plain data, None where any step is missing; a list of one stands for its element."""
    for step in path:
        if isinstance(value, list) and len(cast("list[Any]", value)) == 1:
            value = cast("list[Any]", value)[0]
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, Any]", value).get(step)
    return value


def items(value: Any, *path: str) -> list[Mapping[str, Any]]:
    """The mappings of a list inside nested inputs; a single mapping counts as a list of one."""
    found = get(value, *path) if path else value
    if isinstance(found, Mapping):
        return [cast("Mapping[str, Any]", found)]
    if not isinstance(found, (list, tuple)):
        return []
    return [cast("Mapping[str, Any]", one) for one in cast("list[Any]", found) if isinstance(one, Mapping)]


def texts(value: Any, *path: str) -> list[str]:
    """The known texts of a list inside nested inputs; a single text counts as a list of one."""
    found = get(value, *path) if path else value
    if isinstance(found, str):
        found = [found]
    if not isinstance(found, (list, tuple)):
        return []
    return [one for one in cast("list[Any]", found) if isinstance(one, str) and known(one)]
