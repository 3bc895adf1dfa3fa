"""A Mermaid flowchart, for pull requests: the logical view as text."""

from __future__ import annotations

from topology.kinds import Change, ContainerKind, EdgeKind
from topology.model import Model
from topology.parts import Container, Edge, Node
from topology.theme import CHANGES, EDGES
from topology.views.metrics import clean
from topology.views.summary import summarise

_ARROWS = {EdgeKind.TRAFFIC: "-->", EdgeKind.DNS: "-->"}
_LONGEST = 80
_HIDDEN = frozenset({ContainerKind.SUBNET, ContainerKind.ZONE, ContainerKind.OVERLAY_NETWORK})


def document(model: Model) -> str:
    """The flowchart's text."""
    small = summarise(model, 40).model
    lines = ["flowchart LR"]
    inside: dict[str, list[Node]] = {}
    for node in small.nodes:
        inside.setdefault(_box(small, node.container), []).append(node)
    boxes: dict[str, list[Container]] = {}
    for box in small.containers:
        if box.kind not in _HIDDEN:
            boxes.setdefault(_box(small, box.parent), []).append(box)
    lines += _level("", boxes, inside, 1)
    for place, edge in enumerate(small.edges):
        lines += _edge(edge, place)
    for node in small.nodes:
        if node.change is not Change.SAME:
            style = CHANGES[node.change]
            lines.append(f"  style {node.id} stroke:{style.light},stroke-width:3px")
    return "\n".join(lines) + "\n"


def _box(model: Model, id_: str) -> str:
    box = model.container.get(id_)
    while box is not None and box.kind in _HIDDEN:
        box = model.container.get(box.parent)
    return box.id if box is not None else ""


def _level(at: str, boxes: dict[str, list[Container]], inside: dict[str, list[Node]], depth: int) -> list[str]:
    pad = "  " * depth
    lines = [f'{pad}{node.id}["{_label(node)}"]' for node in inside.get(at, [])]
    for box in boxes.get(at, []):
        content = _level(box.id, boxes, inside, depth + 1)
        if content:
            lines += [f'{pad}subgraph {box.id}["{_safe(box.label)}"]', *content, f"{pad}end"]
    return lines


def _label(node: Node) -> str:
    return "<br/>".join(_safe(part) for part in (node.label, node.service, *node.details[:1]) if part)


def _edge(edge: Edge, place: int) -> list[str]:
    arrow = _ARROWS.get(edge.kind, "-.->")
    words = edge.label or ("" if edge.kind is EdgeKind.TRAFFIC else EDGES[edge.kind].name)
    label = f'|"{_safe(words)}"|' if words else ""
    colour = CHANGES[edge.change].light if edge.change is not Change.SAME else EDGES[edge.kind].light
    return [f"  {edge.source} {arrow}{label} {edge.target}", f"  linkStyle {place} stroke:{colour}"]


def _safe(text: str) -> str:
    """Mermaid reads `#name;` entities inside quotes; everything that has a meaning to it becomes one."""
    short = clean(text)
    short = short if len(short) <= _LONGEST else short[: _LONGEST - 1] + "…"
    return "".join(one if one.isalnum() or one in " .,:/·\u00d7_-+…\u2013()" else f"#{ord(one)};" for one in short)
