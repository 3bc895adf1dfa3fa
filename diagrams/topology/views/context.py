"""The context view: the system as one box, who uses it, and what it uses outside of itself."""

from __future__ import annotations

from topology.icons import Icons
from topology.kinds import EdgeKind, Kind
from topology.model import Model
from topology.parts import Edge, Node
from topology.views import furniture, metrics
from topology.views.scene import Box, Icon, Line, Rect, Role, Scene, Shape, Text, said

WIDTH = 1064.0
LEFT, RIGHT = 300.0, 764.0
OUTER = 150.0
CELL, CELL_HEIGHT = 222.0, 40.0
ICON = 46.0
PITCH = 118.0
_OUTSIDE = frozenset({Kind.USERS, Kind.EXTERNAL})


def scene(model: Model, icons: Icons) -> Scene:
    """Lays out and draws the context view."""
    outside = {node.id: node for node in model.nodes if node.kind in _OUTSIDE}
    inward: dict[str, list[Edge]] = {}
    outward: dict[str, list[Edge]] = {}
    for edge in model.edges:
        if edge.source in outside and edge.target not in outside:
            inward.setdefault(edge.source, []).append(edge)
        elif edge.target in outside and edge.source not in outside:
            outward.setdefault(edge.target, []).append(edge)
    left = [node for node in outside.values() if node.id in inward or node.id not in outward]
    right = [node for node in outside.values() if node.id in outward and node.id not in inward]
    parts = _parts(model, outside)
    grounds = [box for box in model.containers if box.kind in ("cloud", "region", "host", "vpc")]
    lines = -(-len(parts) // 2)
    places = [metrics.clean(box.label) for box in grounds[:5]]
    high = max(76 + len(places) * 16 + lines * CELL_HEIGHT, PITCH * max(len(left), len(right), 1) + 20)
    top = furniture.TITLE_HEIGHT + 8
    box = Box(LEFT, top, RIGHT - LEFT, high)
    shapes: list[Shape] = [
        Rect(box=box, style="card", radius=10, solid=True, owner="system", title=model.title),
        said(box.cx, top + 30, model.title, room=box.w - 30, size=17, bold=True, anchor="middle"),
    ]
    y = top + 52
    for place in places:
        shapes.append(said(box.cx, y, place, room=box.w - 30, size=11.5, style="t2", anchor="middle"))
        y += 16
    shapes += _contents(parts, icons, y + 8)
    shapes += _beside(model, icons, left, inward, box, to_system=True)
    shapes += _beside(model, icons, right, outward, box, to_system=False)
    used = [one for edges in (*inward.values(), *outward.values()) for one in edges]
    traffic = [one for one in used if one.kind is EdgeKind.TRAFFIC]
    used = traffic or used
    ends, height = furniture.foot(model, used, top + high, WIDTH)
    return Scene(
        view="context",
        title=f"{model.title}: context",
        about=f"{model.title} with {len(left)} users or callers and {len(right)} external systems.",
        width=WIDTH,
        height=height,
        shapes=[*furniture.title(model, "context", WIDTH), *shapes, *ends],
        messages=icons.messages,
    )


def _parts(model: Model, outside: dict[str, Node]) -> list[tuple[int, str, Node]]:
    counted: dict[str, list[Node]] = {}
    for node in model.nodes:
        if node.id not in outside:
            what = metrics.clean(node.service or str(node.kind).replace("-", " "))
            counted.setdefault(what, []).append(node)
    found = [(len(nodes), what, nodes[0]) for what, nodes in counted.items()]
    return sorted(found, key=lambda one: (-one[0], one[1]))[:40]


def _contents(parts: list[tuple[int, str, Node]], icons: Icons, top: float) -> list[Shape]:
    shapes: list[Shape] = []
    for place, (count, what, node) in enumerate(parts):
        x = LEFT + 14 + (place % 2) * CELL
        y = top + (place // 2) * CELL_HEIGHT
        shapes.append(Icon(box=Box(x, y, 28, 28), key=icons.of(node), title=what, owner=node.id))
        words = what if count == 1 else f"{count} \u00d7 {what}"
        shapes.append(said(x + 36, y + 18, words, room=CELL - 48, size=12, owner=node.id))
    return shapes


def _beside(
    model: Model, icons: Icons, nodes: list[Node], edges: dict[str, list[Edge]], box: Box, *, to_system: bool
) -> list[Shape]:
    shapes: list[Shape] = []
    centre = OUTER / 2 + furniture.MARGIN if to_system else WIDTH - furniture.MARGIN - OUTER / 2
    first = box.cy - PITCH * (len(nodes) - 1) / 2
    for place, node in enumerate(nodes):
        y = first + place * PITCH
        icon = Box(centre - ICON / 2, y - ICON / 2, ICON, ICON)
        shapes.append(Icon(box=icon, key=icons.of(node), title=node.label, owner=node.id))
        for line, text in enumerate(metrics.wrap(metrics.clean(node.label), 12, OUTER, 2)):
            shapes.append(Text(x=centre, y=icon.bottom + 15 + line * 14, text=text, anchor="middle", owner=node.id))
        here = edges.get(node.id, [])
        if not here:
            continue
        begin, end = (icon.right + 8, box.x) if to_system else (box.right, icon.x - 8)
        here = sorted(here, key=lambda one: (one.kind is not EdgeKind.TRAFFIC, one.kind, one.id))
        labels = list(dict.fromkeys(metrics.clean(edge.label) for edge in here if edge.label))
        words = ", ".join(labels[:4]) + (", …" if len(labels) > 4 else "")
        title = "\n".join(furniture.evidence(model, edge) for edge in here[:6])
        shapes.append(Line(points=((begin, y), (end, y)), style=f"e-{here[0].kind}", title=title, owner=here[0].id))
        lines = metrics.wrap(words, 11, abs(end - begin) - 24, 3)
        for line, text in enumerate(lines):
            up = y - 7 - (len(lines) - 1 - line) * 13
            middle = (begin + end) / 2
            shapes.append(
                Text(
                    x=middle, y=up, text=text, size=11, anchor="middle", role=Role.LABEL, owner=here[0].id, title=title
                )
            )
    return shapes
