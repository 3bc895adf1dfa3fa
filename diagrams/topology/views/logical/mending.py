"""Which arrows and headings of a logical view cannot stay where Graphviz's placement has them, and where they go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from math import hypot

from topology.parts import Edge
from topology.views.logical.curves import APART, samples
from topology.views.logical.detours import End, Ground, Point, touched
from topology.views.logical.layout import Layout
from topology.views.logical.sizes import GAP, ICON
from topology.views.logical.strays import foreign, strayed
from topology.views.scene import Box

_FAR = 2.2  # times the straight way: an arrow that long is led again, and kept where that is no shorter
_DETOUR = 1.6  # times its length: what an arrow may grow that goes around a box instead of through it
_STEP = 8.0  # pixels by which a heading moves aside
_OFFSETS = (0.0, APART / 2, -APART / 2, APART, -APART, 1.5 * APART, -1.5 * APART)


def heading_place(frame: Box, heading: Box, lines: Mapping[str, Sequence[Point]], solid: Sequence[Box]) -> Box:
    """The heading on its frame's upper edge where no arrow crosses it: the leftmost such place, or where it was."""
    moved = heading
    while moved.right <= frame.right - 6:
        near = [points for points in lines.values() if touched(points, [moved], 2.5)]
        if not near and not any(moved.overlaps(one) for one in solid):
            return moved
        moved = moved.moved(_STEP, 0)
    return heading


def mended(
    layout: Layout, edges: Sequence[Edge], drawn: Mapping[str, tuple[Point, ...]], solid: Sequence[Box], page: Box
) -> dict[str, tuple[Point, ...]]:
    """All arrows' control points, none of which touches anything solid where there is a way around.

    Args:
        layout: Where things stand.
        edges: Of the model.
        drawn: Control points as `curves` gave them.
        solid: Icons, names and headings.
        page: What arrows may use.

    """
    found = dict(drawn)
    ground: Ground | None = None
    for edge in edges:
        points = found.get(edge.id)
        if points is None:
            continue
        wrong = _wrong(points, edge, layout, solid, page)
        ends = layout.nodes[edge.source], layout.nodes[edge.target]
        astray = strayed(samples(points), *ends, layout.boxes)
        if not wrong and not astray and _length(points) < _FAR * _straight(edge, layout):
            continue
        ground = ground or Ground(page, solid)
        others = {id_: samples(one) for id_, one in found.items() if id_ != edge.id}
        if astray:
            way = _way(edge, points, layout, ground=ground, others=others, shut=foreign(*ends, layout.boxes))
            better = way is not None and strayed(samples(way), *ends, layout.boxes) < astray
            if way is not None and better and (wrong or _length(way) < _DETOUR * _length(points)):
                found[edge.id] = way
                continue
        way = _way(edge, points, layout, ground=ground, others=others) if wrong or not astray else None
        if way is not None and (wrong or _length(way) < 0.8 * _length(points)):
            found[edge.id] = way
    return found


def _wrong(points: Sequence[Point], edge: Edge, layout: Layout, solid: Sequence[Box], page: Box) -> bool:
    line = samples(points)
    if not (_meets(points[0], layout.nodes[edge.source]) and _meets(points[-1], layout.nodes[edge.target])):
        return True
    return touched(line, solid) or any(not (page.x <= x <= page.right and page.y <= y <= page.bottom) for x, y in line)


def _meets(point: Point, node: Box) -> bool:
    """Whether an arrow's end is at the icon, not at the border of the node around it."""
    rim = ICON / 2 + GAP
    dx, dy = abs(point[0] - node.cx), point[1] - node.cy
    return (abs(dx - rim) < 1.5 and abs(dy) <= rim) or (abs(dy + rim) < 1.5 and dx <= rim)


def _length(points: Sequence[Point]) -> float:
    return sum(hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(samples(points)))


def _straight(edge: Edge, layout: Layout) -> float:
    source, target = layout.nodes[edge.source], layout.nodes[edge.target]
    return max(abs(source.cx - target.cx) + abs(source.cy - target.cy) - ICON, ICON)


def _way(
    edge: Edge,
    points: Sequence[Point],
    layout: Layout,
    *,
    ground: Ground,
    others: Mapping[str, tuple[Point, ...]],
    shut: Sequence[Box] = (),
) -> tuple[Point, ...] | None:
    """The shortest way from one of the source's sides to one of the target's; sides that are in use stay so."""
    best: tuple[float, tuple[Point, ...]] | None = None
    for out, into in product((1, -1), repeat=2):
        start = _end(layout.nodes[edge.source], out, points[0], others)
        end = _end(layout.nodes[edge.target], into, points[-1], others)
        way = ground.way(start, end, others, shut)
        if way is None:
            continue
        # An arrow leaves to the right and arrives from the left where that costs little.
        cost = _length(way) + (30 if out < 0 else 0) + (30 if into > 0 else 0)
        if best is None or cost < best[0]:
            best = (cost, way)
        if shut:
            break  # a search around boxes is long: the side that arrows mostly leave and meet is good enough
    return best[1] if best else None


def _end(node: Box, way: int, old: Point, others: Mapping[str, tuple[Point, ...]]) -> End:
    """A place at one side of an icon: the old one, or the most central that no other arrow has."""
    x = node.cx + way * (ICON / 2 + GAP)
    if abs(old[0] - x) < 1.5 and abs(old[1] - node.cy) <= ICON / 2:
        return End(at=(x, old[1]), way=way)
    taken = [point[1] for points in others.values() for point in (points[0], points[-1]) if abs(point[0] - x) < 1.5]
    free = [dy for dy in _OFFSETS if all(abs(node.cy + dy - one) >= APART / 2 - 0.5 for one in taken)]
    return End(at=(x, node.cy + (free[0] if free else 0.0)), way=way)
