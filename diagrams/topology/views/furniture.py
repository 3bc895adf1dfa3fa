"""What every picture has: a title, a legend of the arrows it uses, and a foot line that accounts for every resource."""

from __future__ import annotations

from collections.abc import Iterable

from topology.kinds import Change, EdgeKind, How
from topology.model import Model
from topology.parts import Edge
from topology.theme import CHANGES, EDGES, MARKS
from topology.views import metrics
from topology.views.scene import Box, Line, Rect, Role, Shape, Text, said

MARGIN = 24.0
TITLE_HEIGHT = 58.0
_WORDS = (
    (How.DRAWN, "drawn"),
    (How.CONTAINER, "containers"),
    (How.BADGE, "badges"),
    (How.EDGE, "arrows"),
    (How.FOLDED, "folded into these"),
)


def title(model: Model, view: str, width: float) -> list[Shape]:
    """The picture's heading."""
    return [
        said(MARGIN, 34, f"{model.title} — {view}", room=width - 2 * MARGIN, size=19, bold=True, role=Role.TITLE),
    ]


def foot_line(model: Model) -> str:
    """`54 resources = 13 drawn + 9 containers + ... · graph sha256 4e4ccb0299`."""
    total = len(model.accounted)
    parts = [f"{model.counts[how]} {word}" for how, word in _WORDS]
    unknown = f" · {len(model.unknown)} of types that no rule knows" if model.unknown else ""
    return f"{total} resources = {' + '.join(parts)}{unknown} · graph sha256 {model.graph_hash[:12] or 'unknown'}"


def foot(
    model: Model,
    edges: Iterable[Edge],
    y: float,
    width: float,
    notes: Iterable[str] = (),
    *,
    remarks: Iterable[str] = (),
) -> tuple[list[Shape], float]:
    """Legend and foot line from y downwards; returns the shapes and the height of the page.

    Args:
        model: Whose resources the foot line counts.
        edges: Whose kinds the legend tells.
        y: Where to begin, in pixels.
        width: Of the page, in pixels.
        notes: What is wrong, in the colour of a warning.
        remarks: How to read the picture, in the colour of the legend.

    """
    shapes: list[Shape] = []
    used = list(edges)
    entries: list[tuple[str, str, Change]] = [
        (EDGES[kind].name, f"e-{kind}", Change.SAME) for kind in EdgeKind if any(edge.kind is kind for edge in used)
    ]
    x = MARGIN
    y += 22
    for name, style, _ in entries:
        wide = 46 + metrics.width(name, 12) + 26
        if x + wide > width - MARGIN:
            x, y = MARGIN, y + 22
        shapes.append(Line(points=((x, y - 4), (x + 38, y - 4)), style=style))
        shapes.append(said(x + 46, y, name, room=200, size=12, style="t2", role=Role.NOTE))
        x += wide
    if model.changed:
        x, y = MARGIN, y + 22 if entries else y
        for change, mark in MARKS.items():
            name = CHANGES[change].name
            shapes.append(Rect(box=Box(x, y - 12, 26, 15), style=f"card c-{change}", radius=3))
            shapes.append(
                Text(
                    x=x + 13, y=y, text=mark, size=12, style=f"c-{change}-t", anchor="middle", bold=True, role=Role.NOTE
                )
            )
            shapes.append(said(x + 34, y, name, room=120, size=12, style="t2", role=Role.NOTE))
            x += 34 + metrics.width(name, 12) + 28
    y += 8 if entries or model.changed else -10
    for note, style in (*((one, "t2") for one in remarks), *((one, "warn") for one in notes)):
        for line in metrics.wrap(metrics.clean(note), 11, width - 2 * MARGIN, 3):
            y += 17
            shapes.append(said(MARGIN, y, line, room=width - 2 * MARGIN, size=11, style=style, role=Role.NOTE))
    for line in metrics.wrap(foot_line(model), 11, width - 2 * MARGIN, 2):
        y += 18
        shapes.append(said(MARGIN, y, line, room=width - 2 * MARGIN, size=11, style="t2", role=Role.NOTE))
    return shapes, y + 16


def evidence(model: Model, edge: Edge) -> str:
    """What hovering an arrow says: from, to, what, and every rule that says so with its line of code."""
    names = model.node
    source = names[edge.source].label if edge.source in names else edge.source
    target = names[edge.target].label if edge.target in names else edge.target
    lines = [f"{source} → {target}: {EDGES[edge.kind].name} {edge.label}".rstrip()]
    for one in edge.evidence[:8]:
        at = model.at(one.urn) if one.urn else ""
        lines.append(f"{one.text}{f' ({at})' if at else ''}")
    if len(edge.evidence) > 8:
        lines.append(f"and {len(edge.evidence) - 8} more")
    if edge.declared and not edge.derived:
        lines.append("declared as a link; no network rule was found for it")
    if edge.disagreement:
        lines.append(f"DISAGREEMENT: {edge.disagreement}")
    if edge.change is not Change.SAME:
        lines.append(f"will be: {CHANGES[edge.change].name}")
    return "\n".join(lines)
