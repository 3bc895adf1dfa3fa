"""Frames that Graphviz lets touch, a little apart: two borders on one line read as one box."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from topology.views.scene import Box

_LEAST = 10.0  # pixels between two frames
_GIVE = 6.0  # pixels that a frame gives up at a side: half of what it keeps around its content


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
