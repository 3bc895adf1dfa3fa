"""Arrows that cut through boxes which hold neither of their ends, or that leave a box and come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from topology.views.logical.detours import Point
from topology.views.scene import Box

SLACK = 8.0  # pixels by which an arrow may swing over a border


def strayed(points: Sequence[Point], source: Box, target: Box, frames: Mapping[str, Box]) -> int:
    """Border crossings beyond those that a way between these two needs: 0 for an arrow that keeps to its boxes."""
    found = 0
    for frame in frames.values():
        held = _holds(frame, source), _holds(frame, target)
        needed = int(held[0] != held[1])
        near = _grown(frame, SLACK if any(held) else -SLACK)
        sides = [_inside(near, point) for point in points]
        crossings = sum(1 for one, other in pairwise(sides) if one != other)
        found += max(0, crossings - needed)
    return found


def foreign(source: Box, target: Box, frames: Mapping[str, Box]) -> tuple[Box, ...]:
    """Boxes that hold neither end."""
    return tuple(one for one in frames.values() if not _holds(one, source) and not _holds(one, target))


def _holds(frame: Box, node: Box) -> bool:
    return _inside(frame, (node.cx, node.cy))


def _grown(frame: Box, by: float) -> Box:
    return Box(frame.x - by, frame.y - by, frame.w + 2 * by, frame.h + 2 * by)


def _inside(frame: Box, point: Point) -> bool:
    return frame.x < point[0] < frame.right and frame.y < point[1] < frame.bottom
