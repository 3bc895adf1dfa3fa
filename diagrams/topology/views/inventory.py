"""The inventory: every resource of the program, what became of it in the pictures, and where it was written."""

from __future__ import annotations

from dataclasses import dataclass

from topology.icons import Icons
from topology.kinds import Change, How
from topology.model import Model
from topology.theme import CHANGES, MARKS
from topology.views import furniture
from topology.views.scene import Box, Rect, Role, Scene, Shape, said

WIDTH = 1064.0
ROW = 18.0
COLUMNS = (
    (24.0, 250.0, "name"),
    (280.0, 236.0, "type"),
    (522.0, 84.0, "shown as"),
    (612.0, 200.0, "at"),
    (818.0, 222.0, "written in"),
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One resource."""

    urn: str
    name: str
    type: str
    how: How
    at: str
    position: str
    change: Change


def lines(model: Model) -> list[Line]:
    """All resources, sorted by type and name."""
    found = [
        Line(
            urn=urn,
            name=model.names.get(urn, urn),
            type=model.types.get(urn, ""),
            how=account.how,
            at=_at(model, account.id) + (f" ({account.note})" if account.note else ""),
            position=model.at(urn).removesuffix(":0"),
            change=account.change,
        )
        for urn, account in model.accounted.items()
    ]
    return sorted(found, key=lambda one: (one.type, one.name, one.urn))


def _at(model: Model, id_: str) -> str:
    if id_ in model.node:
        return model.node[id_].label
    if id_ in model.container:
        return model.container[id_].label
    edge = model.edge.get(id_)
    return f"{_at(model, edge.source)} → {_at(model, edge.target)}" if edge is not None else id_


def scene(model: Model, icons: Icons) -> Scene:
    """Lays out and draws the inventory."""
    y = furniture.TITLE_HEIGHT + 12
    shapes: list[Shape] = [
        said(x, y, name, room=room, size=11, style="t2", bold=True, role=Role.HEADING) for x, room, name in COLUMNS
    ]
    y += 8
    for place, line in enumerate(lines(model)):
        if place % 2 == 0:
            shapes.append(Rect(box=Box(18, y, WIDTH - 36, ROW), style="g-row", radius=2))
        mark = f"{MARKS[line.change]} {CHANGES[line.change].name} " if line.change is not Change.SAME else ""
        cells = (mark + line.name, line.type, line.how, line.at, line.position)
        for (x, room, _), cell in zip(COLUMNS, cells, strict=True):
            style = f"c-{line.change}-t" if line.change is not Change.SAME and x == COLUMNS[0][0] else "t"
            shapes.append(said(x, y + 13, cell, room=room, size=11, style=style))
        y += ROW
    ends, height = furniture.foot(model, [], y + 6, WIDTH)
    return Scene(
        view="inventory",
        title=f"{model.title}: inventory",
        about=f"All {len(model.accounted)} resources of {model.title}.",
        width=WIDTH,
        height=height,
        shapes=[*furniture.title(model, "inventory", WIDTH), *shapes, *ends],
        messages=(),
    )
