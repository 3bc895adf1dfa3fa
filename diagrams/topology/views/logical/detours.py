"""Ways around what an arrow may not cross: for those that Graphviz led over a heading, a name or an icon.

Graphviz keeps its curves off nodes, but it knows nothing of headings, and our arrows end at icons rather than at the
nodes' borders. So each arrow is looked at again, and one that touches anything is led anew over a grid: at right
angles, with round corners. What a version of Graphviz or another placement makes of a design does not matter then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

from topology.views.scene import Box

Point = tuple[float, float]
CELL = 8.0  # of the grid, in pixels
CLEAR = 9.0  # between a way and what it goes around: more than half a cell and half an arrow head
TURN, MEET = 6.0, 5.0  # cost of a corner and of a cell that another arrow runs through, in cells
RADIUS = 16.0  # of a corner
_ROUND = 0.45  # where a corner's control points lie between its ends and its tip
_WAYS = ((1, 0), (0, 1), (-1, 0), (0, -1))


@dataclass(frozen=True, kw_only=True)
class End:
    """Where an arrow leaves or meets an icon. Args: `way` is 1 to the right of the icon, -1 to its left."""

    at: Point
    way: int


def touched(points: Sequence[Point], solid: Iterable[Box], margin: float = 1.5) -> bool:
    """Whether a polyline touches any of the boxes."""
    strokes = [
        Box(min(ax, bx) - margin, min(ay, by) - margin, abs(ax - bx) + 2 * margin, abs(ay - by) + 2 * margin)
        for (ax, ay), (bx, by) in pairwise(points)
    ]
    return any(stroke.overlaps(box) for box in solid for stroke in strokes)


class Ground:
    """The page as a grid. Args: `page` what arrows may use; `solid` what none may touch."""

    def __init__(self, page: Box, solid: Sequence[Box]) -> None:
        self._page = page
        self._columns = max(int(page.w / CELL), 1)
        self._rows = max(int(page.h / CELL), 1)
        self._blocked = self._cells(solid, CLEAR)

    def _cells(self, boxes: Sequence[Box], around: float) -> set[tuple[int, int]]:
        """The cells whose middles lie in any of the boxes, or that near to one."""
        found: set[tuple[int, int]] = set()
        for box in boxes:
            first = self._cell((box.x - around, box.y - around))
            last = self._cell((box.right + around, box.bottom + around))
            for column in range(first[0], last[0] + 1):
                for row in range(first[1], last[1] + 1):
                    x, y = self._middle((column, row))
                    if box.x - around < x < box.right + around and box.y - around < y < box.bottom + around:
                        found.add((column, row))
        return found

    def way(
        self, start: End, end: End, lines: Mapping[str, Sequence[Point]], shut: Sequence[Box] = ()
    ) -> tuple[Point, ...] | None:
        """Control points of a curve between two icons; None where there is no way.

        Args:
            start: Where it leaves.
            end: Where it arrives.
            lines: The other arrows, which it meets where it must.
            shut: Boxes that it may not run through.

        """
        used = {self._cell(point) for points in lines.values() for point in points}
        first, last = self._cell(start.at), self._cell(end.at)
        out, into = (0 if start.way > 0 else 2), (2 if end.way > 0 else 0)
        cells = self._search(first, last, out, into, used=used, shut=self._cells(shut, CELL / 2))
        return None if cells is None else _rounded(_corners(self._path(cells, start.at, end.at)))

    def _search(
        self,
        first: tuple[int, int],
        last: tuple[int, int],
        out: int,
        into: int,
        *,
        used: set[tuple[int, int]],
        shut: set[tuple[int, int]],
    ) -> list[tuple[int, int]] | None:
        """The cheapest way from cell to cell that sets out and arrives in the given directions."""
        free = {first, last}
        for (column, row), way in ((first, out), (last, (into + 2) % 4)):
            dx, dy = _WAYS[way]
            free |= {(column + dx * n, row + dy * n) for n in range(3)}
        queue = [(0.0, 0.0, first, out)]
        best: dict[tuple[tuple[int, int], int], float] = {(first, out): 0.0}
        came: dict[tuple[tuple[int, int], int], tuple[tuple[int, int], int]] = {}
        while queue:
            _, cost, cell, way = heappop(queue)
            if cell == last and way == into:
                return _back(came, (cell, way))
            if cost > best[cell, way]:
                continue
            for turn in (0, 1, 3):
                ahead = (way + turn) % 4
                at = (cell[0] + _WAYS[ahead][0], cell[1] + _WAYS[ahead][1])
                if not (0 <= at[0] < self._columns and 0 <= at[1] < self._rows) or (cell == first and turn):
                    continue
                if at in shut or (at in self._blocked and at not in free):
                    continue
                total = cost + 1 + (TURN if turn else 0) + (MEET if at in used else 0)
                if total < best.get((at, ahead), 1e9):
                    best[at, ahead] = total
                    came[at, ahead] = (cell, way)
                    far = abs(at[0] - last[0]) + abs(at[1] - last[1])
                    heappush(queue, (total + far, total, at, ahead))
        return None

    def _path(self, cells: list[tuple[int, int]], start: Point, end: Point) -> list[Point]:
        """The middles of the cells, with both ends, and the runs at both ends, exactly at the icons' height."""
        points = [start, *(self._middle(cell) for cell in cells[1:-1]), end]
        first, last = cells[0][1], cells[-1][1]
        place = 1
        while place < len(points) - 1 and cells[place][1] == first:
            points[place] = (points[place][0], start[1])
            place += 1
        back = len(points) - 2
        while back >= max(place, 1) and cells[back][1] == last:
            points[back] = (points[back][0], end[1])
            back -= 1
        return points

    def _cell(self, point: Point) -> tuple[int, int]:
        return int((point[0] - self._page.x) // CELL), int((point[1] - self._page.y) // CELL)

    def _middle(self, cell: tuple[int, int]) -> Point:
        return self._page.x + (cell[0] + 0.5) * CELL, self._page.y + (cell[1] + 0.5) * CELL


def _back(
    came: Mapping[tuple[tuple[int, int], int], tuple[tuple[int, int], int]], state: tuple[tuple[int, int], int]
) -> list[tuple[int, int]]:
    cells = [state[0]]
    while state in came:
        state = came[state]
        cells.append(state[0])
    return cells[::-1]


def _corners(points: Sequence[Point]) -> list[Point]:
    """Both ends and the points where the way turns."""
    kept = [points[0]]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        if (at[0] - before[0]) * (after[1] - at[1]) != (at[1] - before[1]) * (after[0] - at[0]):
            kept.append(at)
    return [*kept, points[-1]]


def _rounded(corners: Sequence[Point]) -> tuple[Point, ...]:
    """Control points of cubic Bezier curves: straight pieces, and an arc at each corner."""
    found = [corners[0]]
    for before, at, after in zip(corners, corners[1:], corners[2:], strict=False):
        enter, leave = _toward(at, before), _toward(at, after)
        found += [*_straight(found[-1], enter), enter]
        found += [_between(enter, at), _between(leave, at), leave]
    return (*found, *_straight(found[-1], corners[-1]), corners[-1])


def _toward(tip: Point, other: Point) -> Point:
    """Where an arc begins: up to the radius away, and at most half of the way."""
    long = abs(other[0] - tip[0]) + abs(other[1] - tip[1])
    part = min(RADIUS, long / 2) / max(long, 0.001)
    return tip[0] + (other[0] - tip[0]) * part, tip[1] + (other[1] - tip[1]) * part


def _between(end: Point, tip: Point) -> Point:
    return tip[0] + (end[0] - tip[0]) * _ROUND, tip[1] + (end[1] - tip[1]) * _ROUND


def _straight(start: Point, end: Point) -> tuple[Point, Point]:
    (ax, ay), (bx, by) = start, end
    return ((2 * ax + bx) / 3, (2 * ay + by) / 3), ((ax + 2 * bx) / 3, (ay + 2 * by) / 3)
