"""Frames as a reader wants them: close around what they hold, and a little apart from one another.

Graphviz keeps room above each icon for as many lines as stand below it, so that arrows meet it in the middle; and it
lets frames touch: two borders on one line read as one box.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from topology.views.logical.layout import Point
from topology.views.logical.sizes import ICON
from topology.views.scene import Box

_LEAST = 10.0  # pixels between two frames
_GIVE = 6.0  # pixels that a frame gives up at a side: half of what it keeps around its content
_HEAD = 34.0  # pixels between a frame's upper border and the first icon: the heading, and room for an arrow


def trimmed(
    boxes: Mapping[str, Box], nodes: Mapping[str, Box], lines: Mapping[tuple[str, str, str], Sequence[Point]]
) -> dict[str, Box]:
    """The frames without the empty room above what they hold.

    Args:
        boxes: The frames.
        nodes: The nodes, icons in their middles.
        lines: Every arrow, by its id, source and target: one that runs in that room keeps it.

    """
    found: dict[str, Box] = {}
    for id_ in sorted(boxes, key=lambda one: (boxes[one].w * boxes[one].h, one)):
        box = boxes[id_]
        held = [one.cy - ICON / 2 - _HEAD for one in nodes.values() if _in(box, one)]
        held += [found[other].y + 8 - _HEAD for other in found if _in(box, boxes[other])]
        for (_, source, target), points in lines.items():
            high = min(y for _, y in points)
            if high > box.y and (_in(box, nodes[source]) or _in(box, nodes[target])):
                held += [y - _LEAST for x, y in points if box.x < x < box.right]
        top = max(box.y, min(held)) if held else box.y
        found[id_] = Box(box.x, top, box.w, box.bottom - top)
    return found


def _in(box: Box, other: Box) -> bool:
    return box.x <= other.cx <= box.right and box.y <= other.cy <= box.bottom


def apart(boxes: Mapping[str, Box]) -> dict[str, Box]:
    """The frames, those beside or below one another without a gap drawn in a little on the sides that meet."""
    found = dict(boxes)
    for one, other in combinations(sorted(boxes, key=lambda id_: (boxes[id_].y, boxes[id_].x, id_)), 2):
        a, b = boxes[one], boxes[other]
        if 0 <= b.y - a.bottom + 1 < _LEAST + 1 and a.x < b.right and b.x < a.right:
            found[one] = _cut(found[one], bottom=min(_GIVE, _LEAST - (b.y - a.bottom)))
        left, right = (one, other) if a.x <= b.x else (other, one)
        gap = boxes[right].x - boxes[left].right
        if 0 <= gap + 1 < _LEAST + 1 and a.y < b.bottom and b.y < a.bottom:
            found[left] = _cut(found[left], right=min(_GIVE, _LEAST - gap))
    return found


def _cut(box: Box, *, bottom: float = 0.0, right: float = 0.0) -> Box:
    return Box(box.x, box.y, box.w - right, box.h - bottom)
