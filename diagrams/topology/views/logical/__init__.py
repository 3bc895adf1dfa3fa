"""The logical view: parts and flows from left to right, laid out by Graphviz through the `diagrams` package.

Its bytes differ by Graphviz's version, so a check compares the hash of the model that the file carries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from topology.icons import Icons
from topology.kinds import Change, ContainerKind
from topology.model import Model
from topology.parts import Container
from topology.theme import CHANGES, MARKS
from topology.views import furniture, metrics
from topology.views.logical.apart import apart, trimmed
from topology.views.logical.curves import curves, label_places, samples
from topology.views.logical.detours import Point
from topology.views.logical.graphviz_source import source
from topology.views.logical.layout import MISSING, Layout, MissingGraphvizError, lay_out
from topology.views.logical.mending import heading_place, mended
from topology.views.logical.sizes import (
    HEADING,
    ICON,
    LABEL,
    LINE,
    NARROW,
    SMALL,
    WIDE,
    Caption,
    caption,
    label_of,
    title_of,
)
from topology.views.scene import Box, Icon, Line, Rect, Role, Scene, Shape, Text
from topology.views.summary import summarise

__all__ = ["LIMIT", "MISSING", "MissingGraphvizError", "scene"]

LIMIT = 24
TOP = 58.0
MOST = 1240.0  # pixels: what is wider is drawn with narrower words, to be read on a page of 1000
_GROUNDS = {True: ("g-public", "th-public"), False: ("g-private", "th-private"), None: ("g-row", "th-plain")}
_FRAMES = {
    ContainerKind.VPC: ("f-vpc", "th-vpc"),
    ContainerKind.REGION: ("f-region", "th-region"),
    ContainerKind.HOST: ("f-host", "th-host"),
}


def scene(model: Model, icons: Icons) -> Scene:
    """Lays out and draws the view. Raises: MissingGraphvizError where there is no `dot`."""
    small = summarise(model, LIMIT).model
    room = WIDE
    layout = lay_out(source(small, room))
    if layout.w > MOST - 2 * furniture.MARGIN:
        room = NARROW
        layout = lay_out(source(small, room))
    drawn = curves(layout, small.edges)
    ran = {(one.id, one.source, one.target): samples(drawn[one.id]) for one in small.edges if one.id in drawn}
    layout = replace(layout, boxes=apart(trimmed(layout.boxes, layout.nodes, ran)))
    width = max(layout.w + 2 * furniture.MARGIN, 620.0)
    by = ((width - layout.w) / 2, TOP - _upper(layout, ran.values()))
    names = {node.id: caption(node, room) for node in small.nodes}
    things: list[Shape] = []
    for node in small.nodes:
        things += _thing(node.id, names[node.id], layout, icons, small)
    solid = [one.box for one in things if isinstance(one, (Icon, Text))]
    shapes: list[Shape] = []
    borders: list[Box] = []
    lines = {id_: samples(points) for id_, points in drawn.items()}
    for box in small.containers:
        if box.id in layout.boxes:
            shapes += _frame(box, layout.boxes[box.id], borders, solid, lines)
    page = Box(furniture.MARGIN / 2 - by[0], TOP * 0.75 - by[1], width - furniture.MARGIN, layout.h + by[1] - TOP / 2)
    drawn = mended(layout, small.edges, drawn, solid, page)
    lines = {id_: samples(points) for id_, points in drawn.items()}
    sizes = {
        edge.id: (max(metrics.width(one, LABEL) for one in label) + 4, 13.0 * len(label) + 2)
        for edge in small.edges
        if edge.id in lines and (label := label_of(edge, room))
    }
    places = label_places(lines, sizes, layout.labels, solid, borders)
    labels: list[Shape] = []
    for edge in small.edges:
        if edge.id not in drawn:
            continue
        title = furniture.evidence(small, edge)
        shapes.append(
            Line(
                points=lines[edge.id],
                curve=drawn[edge.id],
                style=f"e-{edge.kind}",
                title=title,
                owner=edge.id,
                source=edge.source,
                target=edge.target,
                label=edge.label,
                change=edge.change,
            )
        )
        if place := places.get(edge.id):
            labels += _label(label_of(edge, room), place, edge.id, title)
    high = max((layout.h, *(y for points in lines.values() for _, y in points)))
    notes = [
        f"{small.node[edge.source].label} → {small.node[edge.target].label}: {edge.disagreement}"
        for edge in small.edges
        if edge.disagreement
    ]
    ends, height = furniture.foot(model, small.edges, high + by[1] + 8, width, notes[:8])
    return Scene(
        view="logical",
        title=f"{model.title}: logical",
        about=f"{len(model.nodes)} parts of {model.title}, in the order in which traffic meets them.",
        width=width,
        height=height,
        shapes=[
            *furniture.title(model, "logical", width),
            *(one.moved(*by) for one in (*shapes, *things, *labels)),
            *ends,
        ],
        messages=icons.messages,
        model=model.hash,
    )


def _upper(layout: Layout, lines: Iterable[Sequence[Point]]) -> float:
    """Where the picture begins, now that frames are close around what they hold."""
    tops = [box.y for box in layout.boxes.values()] + [one.cy - ICON / 2 for one in layout.nodes.values()]
    return min([*tops, *(y for points in lines for _, y in points)], default=0.0)


def _frame(
    box: Container, place: Box, borders: list[Box], solid: list[Box], lines: dict[str, tuple[Point, ...]]
) -> list[Shape]:
    tier = box.kind is ContainerKind.TIER
    style, words = _GROUNDS[box.public] if tier else _FRAMES.get(box.kind, ("f-plain", "th-plain"))
    if box.change is not Change.SAME:
        style += f" c-{box.change}"
    text = Text(
        x=place.x + 10,
        y=place.y + 17,
        text=title_of(box),
        size=HEADING,
        style=words,
        bold=not tier,
        role=Role.HEADING,
        title=box.label,
    )
    where = heading_place(place, text.box, lines, solid)
    text = text.moved(where.x - text.box.x, 0)
    solid.append(text.box)
    if not tier:
        borders += [
            Box(place.x - 1, place.y, 2, place.h),
            Box(place.right - 1, place.y, 2, place.h),
            Box(place.x, place.y - 1, place.w, 2),
            Box(place.x, place.bottom - 1, place.w, 2),
        ]
    return [Rect(box=place, style=style, radius=8), text]


def _thing(id_: str, name: Caption, layout: Layout, icons: Icons, model: Model) -> list[Shape]:
    node, place = model.node[id_], layout.nodes[id_]
    about = " · ".join(part for part in (node.service, node.label, *node.details) if part)
    if node.urns and (at := model.at(node.urns[0])):
        about += f"\n{at}"
    icon = Box(place.cx - ICON / 2, place.cy - ICON / 2, ICON, ICON)
    shapes: list[Shape] = [Icon(box=icon, key=icons.of(node), title=about, owner=id_)]
    y = icon.bottom + 1
    for text, size in name.lines:
        y += LINE
        style = "t2" if size == SMALL else "t"
        shapes.append(Text(x=place.cx, y=y - 1, text=text, size=size, style=style, anchor="middle", owner=id_))
    if node.change is not Change.SAME:
        shapes += _mark(node.change, icon)
    return shapes


def _mark(change: Change, icon: Box) -> list[Shape]:
    box = Box(icon.x - 5, icon.y - 5, 15, 15)
    return [
        Rect(box=box, style=f"card c-{change}", radius=7, title=CHANGES[change].name),
        Text(
            x=box.cx,
            y=box.y + 12,
            text=MARKS[change],
            style=f"c-{change}-t",
            anchor="middle",
            bold=True,
            role=Role.NOTE,
        ),
    ]


def _label(lines: tuple[str, ...], place: Box, owner: str, title: str) -> list[Shape]:
    return [
        Text(
            x=place.cx,
            y=place.y + 10.5 + row * 13,
            text=text,
            size=LABEL,
            anchor="middle",
            role=Role.LABEL,
            title=title,
            owner=owner,
        )
        for row, text in enumerate(lines)
    ]
