"""What differs between two models, and one model that shows both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from topology.kinds import Change
from topology.model import Model
from topology.parts import Account, Container, Edge, Node
from topology.theme import MARKS

_Part = TypeVar("_Part", Node, Edge, Container)
# Said by the comparison, or by the run that made the model: no difference of the architecture.
_ASIDE = frozenset({"change", "evidence", "urns"})


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A part that is in both models and differs.

    Args:
        id: Of the part.
        label: For a person.
        what: Names of the fields that differ: `details`, `label`, `zones`; empty where only a preview says so.
        change: What a preview says of it; an update where the two models alone do.

    """

    id: str
    label: str
    what: tuple[str, ...]
    change: Change = Change.UPDATE

    def line(self, kind: str) -> str:
        """`~ node web: details`, `\u00b1 node orders: said by the preview`."""
        return f"{_sign(self.change)} {kind} {self.label}: {', '.join(self.what) or 'said by the preview'}"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What `head` has that `base` has not, and the other way round.

    Args:
        added_nodes: In head only.
        removed_nodes: In base only.
        changed_nodes: In both, and different.
        added_edges: In head only.
        removed_edges: In base only.
        changed_edges: In both, and different.
        changed_boxes: Containers that are new, gone or different, by id.
        merged: Everything of both, each part with its `change`.

    """

    added_nodes: tuple[Node, ...]
    removed_nodes: tuple[Node, ...]
    changed_nodes: tuple[Changed, ...]
    added_edges: tuple[Edge, ...]
    removed_edges: tuple[Edge, ...]
    changed_edges: tuple[Changed, ...]
    changed_boxes: tuple[str, ...]
    merged: Model

    @property
    def same(self) -> bool:
        """True where nothing that is drawn differs."""
        parts = (self.added_nodes, self.removed_nodes, self.changed_nodes)
        return not any((*parts, self.added_edges, self.removed_edges, self.changed_edges, self.changed_boxes))

    def lines(self) -> tuple[str, ...]:
        """For a person: `+ node cache (ElastiCache Valkey)`, `- edge web -> cache 6379`, `~ node web: details`."""
        names = {node.id: node.label for node in self.merged.nodes}
        found = [f"+ node {_node(node)}" for node in self.added_nodes]
        found += [f"- node {_node(node)}" for node in self.removed_nodes]
        found += [one.line("node") for one in self.changed_nodes]
        found += [f"+ edge {_edge(edge, names)}" for edge in self.added_edges]
        found += [f"- edge {_edge(edge, names)}" for edge in self.removed_edges]
        found += [one.line("edge") for one in self.changed_edges]
        boxes = [self.merged.container[id_] for id_ in self.changed_boxes]
        found += [f"{_sign(one.change)} box {one.label}" for one in boxes]
        return tuple(found)


def diff(base: Model, head: Model) -> Difference:
    """Compares two models by the ids of their parts.

    Where either came from a preview, what that says of a part is kept: of two graphs nobody can tell a part that is
    replaced from one that is updated. `head` is asked first.
    """
    names = {**{one.id: one.label for one in base.nodes}, **{one.id: one.label for one in head.nodes}}
    nodes = _merge(base.node, head.node)
    edges = _merge(base.edge, head.edge)
    boxes = _merge(base.container, head.container)
    merged = replace(
        head,
        nodes=tuple(sorted(nodes, key=lambda one: one.id)),
        edges=tuple(sorted(edges, key=lambda one: one.id)),
        containers=_parents_first(boxes),
        accounted=_accounts(base.accounted, head.accounted),
        types={**base.types, **head.types},
        names={**base.names, **head.names},
        accesses=tuple(
            dict.fromkeys((*head.accesses, *(one for one in base.accesses if one not in set(head.accesses))))
        ),
        unknown=tuple(sorted({*base.unknown, *head.unknown})),
        positions={**base.positions, **head.positions},
    )
    return Difference(
        added_nodes=_only(head.node, base.node),
        removed_nodes=_only(base.node, head.node),
        changed_nodes=_changed(base.node, head.node, lambda one: one.label),
        added_edges=_only(head.edge, base.edge),
        removed_edges=_only(base.edge, head.edge),
        changed_edges=_changed(base.edge, head.edge, lambda one: _edge(one, names)),
        changed_boxes=tuple(sorted(one.id for one in boxes if one.change is not Change.SAME)),
        merged=merged,
    )


def _only(these: Mapping[str, _Part], those: Mapping[str, _Part]) -> tuple[_Part, ...]:
    return tuple(part for id_, part in these.items() if id_ not in those)


def _merge(base: Mapping[str, _Part], head: Mapping[str, _Part]) -> list[_Part]:
    found: list[_Part] = []
    for id_ in dict.fromkeys((*head, *base)):
        if id_ not in head:
            found.append(replace(base[id_], change=Change.DELETE))
        elif id_ not in base:
            kept = head[id_].change
            found.append(replace(head[id_], change=Change.CREATE if kept is Change.SAME else kept))
        else:
            found.append(replace(head[id_], change=_change(base[id_], head[id_])))
    return found


def _change(base: _Part, head: _Part) -> Change:
    """Of a part of both."""
    said = head.change if head.change is not Change.SAME else base.change
    return Change.UPDATE if said is Change.SAME and _what(base, head) else said


def _what(base: _Part, head: _Part) -> tuple[str, ...]:
    names = [one.name for one in fields(head) if one.name not in _ASIDE]
    return tuple(name for name in names if getattr(base, name) != getattr(head, name))


def _changed(
    base: Mapping[str, _Part], head: Mapping[str, _Part], label: Callable[[_Part], str]
) -> tuple[Changed, ...]:
    found: list[Changed] = []
    for id_ in (one for one in head if one in base):
        change = _change(base[id_], head[id_])
        if change is not Change.SAME:
            found.append(Changed(id=id_, label=label(head[id_]), what=_what(base[id_], head[id_]), change=change))
    return tuple(found)


def _parents_first(boxes: Iterable[Container]) -> tuple[Container, ...]:
    """Base's own boxes may stand anywhere: each goes behind its parent."""
    waiting = {box.id: box for box in boxes}
    done: dict[str, Container] = {}

    def put(box: Container) -> None:
        if box.id in done:
            return
        if box.parent in waiting and box.parent != box.id:
            put(waiting[box.parent])
        done[box.id] = box

    for box in waiting.values():
        put(box)
    return tuple(done.values())


def _accounts(base: Mapping[str, Account], head: Mapping[str, Account]) -> dict[str, Account]:
    found: dict[str, Account] = {}
    for urn in sorted({*base, *head}):
        if urn not in head:
            found[urn] = replace(base[urn], change=Change.DELETE)
        elif urn not in base and head[urn].change is Change.SAME:
            found[urn] = replace(head[urn], change=Change.CREATE)
        elif head[urn].change is Change.SAME and urn in base:
            found[urn] = replace(head[urn], change=base[urn].change)
        else:
            found[urn] = head[urn]
    return found


def _sign(change: Change) -> str:
    """As in the picture's legend, with a minus that every terminal has."""
    return MARKS[change].replace("\u2212", "-")


def _node(node: Node) -> str:
    return f"{node.label} ({node.service})" if node.service else node.label


def _edge(edge: Edge, names: Mapping[str, str]) -> str:
    ends = f"{names.get(edge.source, edge.source)} -> {names.get(edge.target, edge.target)}"
    return " ".join(part for part in (ends, edge.label, "" if edge.kind == "traffic" else f"({edge.kind})") if part)
