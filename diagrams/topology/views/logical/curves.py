"""Arrows of the logical view: from icon to icon, side by side where several meet, with labels beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from math import hypot

from topology.parts import Edge
from topology.views.logical.layout import Layout, Point
from topology.views.logical.sizes import GAP, ICON
from topology.views.scene import Box

STEPS = 18  # pieces of a Bezier curve that the layout tests look at
APART = 10.0  # between two arrows that end at one side of an icon
_CLEAR = GAP
_AWAY = (0.0, 5.0, 10.0)  # between an arrow and its label, where a frame is in the way


def curves(layout: Layout, edges: Sequence[Edge]) -> dict[str, tuple[Point, ...]]:
    """Control points of each arrow, its ends led to the icons and spread over their sides."""
    found = {edge.id: list(layout.curves[edge.id]) for edge in edges if layout.curves.get(edge.id)}
    sides: dict[tuple[str, bool], list[tuple[float, str, bool]]] = {}
    for edge in edges:
        points = found.get(edge.id)
        if points is None:
            continue
        if _far(points[0], layout.nodes[edge.source]) > _far(points[-1], layout.nodes[edge.source]):
            points.reverse()  # one that Graphviz ran backwards
        for node, end, other in ((edge.source, 0, -1), (edge.target, -1, 0)):
            box = layout.nodes[node]
            if abs(points[end][1] - box.cy) < 1.5:
                right = points[end][0] > box.cx
                sides.setdefault((node, right), []).append((points[other][1], edge.id, end == 0))
            elif abs(points[end][1] - box.y) < 1.5 and abs(points[end][0] - box.cx) < ICON / 2:
                _drop(points, box, first=end == 0)
    for (node, right), ends in sides.items():
        gap = min(APART, (ICON - 8) / max(len(ends) - 1, 1))
        for place, (_, id_, first) in enumerate(sorted(ends)):
            dy = (place - (len(ends) - 1) / 2) * gap
            _attach(found[id_], layout.nodes[node], dy, first=first, right=right)
    return {id_: tuple(points) for id_, points in found.items()}


def _far(point: Point, box: Box) -> float:
    return hypot(point[0] - box.cx, point[1] - box.cy)


def _drop(points: list[Point], box: Box, *, first: bool) -> None:
    """Leads an end above an icon down to it, through the room that is kept there."""
    x, y = points[0 if first else -1]
    rim = box.cy - ICON / 2 - _CLEAR
    lead = [(x, rim), (x, (2 * rim + y) / 3), (x, (rim + 2 * y) / 3)]
    if first:
        points[:0] = lead
    else:
        points.extend(reversed(lead))


def _attach(points: list[Point], box: Box, dy: float, *, first: bool, right: bool) -> None:
    """Leads one end straight to the icon, a little above or below its middle."""
    rim = box.cx + (ICON / 2 + _CLEAR) * (1 if right else -1)
    order = (0, 1) if first else (-1, -2)
    for place in order:
        x, y = points[place]
        points[place] = (x, y + dy)
    x, y = points[order[0]]
    lead = [(rim, y), ((2 * rim + x) / 3, y), ((rim + 2 * x) / 3, y)]
    if first:
        points[:0] = lead
    else:
        points.extend(reversed(lead))


def samples(points: Sequence[Point]) -> tuple[Point, ...]:
    """A polyline along a curve."""
    found: list[Point] = [points[0]]
    for place in range(0, len(points) - 3, 3):
        a, b, c, d = points[place : place + 4]
        long = hypot(d[0] - a[0], d[1] - a[1])
        steps = max(3, min(STEPS, int(long / 6)))
        for step in range(1, steps + 1):
            t = step / steps
            u = 1 - t
            found.append(
                (
                    u**3 * a[0] + 3 * u * u * t * b[0] + 3 * u * t * t * c[0] + t**3 * d[0],
                    u**3 * a[1] + 3 * u * u * t * b[1] + 3 * u * t * t * c[1] + t**3 * d[1],
                )
            )
    return tuple(found)


def label_places(
    lines: Mapping[str, tuple[Point, ...]],
    sizes: Mapping[str, tuple[float, float]],
    wishes: Mapping[str, Point],
    solid: Sequence[Box],
    borders: Sequence[Box],
) -> dict[str, Box]:
    """Where each label stands: beside its arrow, on nothing else; left out where there is no such place.

    Args:
        lines: Every arrow, as a polyline.
        sizes: Width and height of each label.
        wishes: Where Graphviz kept room for it.
        solid: What no label may touch: icons, names, headings.
        borders: Thin boxes along the frames, which a label avoids where it can.

    """
    strokes = [piece for points in lines.values() for piece in _strokes(points)]
    found: dict[str, Box] = {}
    for id_ in sorted(sizes, key=lambda one: (-sizes[one][0], one)):
        taken = [*solid, *strokes, *found.values()]
        for also in (borders, ()):
            place = _best(lines[id_], sizes[id_], wishes.get(id_), [*taken, *also])
            if place is not None:
                found[id_] = place
                break
    return found


def _strokes(points: Sequence[Point]) -> list[Box]:
    return [
        Box(min(ax, bx) - 1.5, min(ay, by) - 1.5, abs(ax - bx) + 3, abs(ay - by) + 3)
        for (ax, ay), (bx, by) in pairwise(points)
    ]


def _best(points: Sequence[Point], size: tuple[float, float], wish: Point | None, taken: Sequence[Box]) -> Box | None:
    w, h = size
    middle = wish or points[len(points) // 2]
    best: tuple[float, Box] | None = None
    for place in range(1, len(points) - 1):
        (ax, ay), (bx, by) = points[place - 1], points[place + 1]
        long = max(hypot(bx - ax, by - ay), 0.01)
        nx, ny = (by - ay) / long, (bx - ax) / long
        for side, away in product((-1, 1), _AWAY):
            x = points[place][0] + side * -nx * (w / 2 + 4 + away)
            y = points[place][1] + side * ny * (h / 2 + 3 + away)
            box = Box(x - w / 2, y - h / 2, w, h)
            cost = hypot(x - middle[0], y - middle[1]) + (4 if side > 0 else 0) + 6 * away
            if (best is None or cost < best[0]) and not any(box.overlaps(one) for one in taken):
                best = (cost, box)
    return best[1] if best else None
