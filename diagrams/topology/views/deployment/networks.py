"""Overlay networks of a host, drawn as segments: a bar which the arrows of its members pass through."""

from __future__ import annotations

from collections.abc import Sequence

from topology.views.deployment.plan import Plan
from topology.views.scene import Box, Line, Rect

DOT = 7.0


def segments(plan: Plan) -> list[Rect]:
    """The bars."""
    return [
        Rect(
            box=Box(row.bar.x, row.y, row.bar.right - row.bar.x, row.h),
            style="bar",
            radius=5,
            title=row.headings[0].title or row.headings[0].text,
        )
        for row in plan.rows
        if row.bar is not None
    ]


def junctions(plan: Plan, lines: Sequence[Line]) -> list[Rect]:
    """A dot wherever an arrow between two members of a network passes through it."""
    found: list[Rect] = []
    for row in plan.rows:
        if row.bar is None:
            continue
        middle = row.y + row.h / 2
        members = {node.id for node in plan.model.nodes if row.bar.container.id in node.networks}
        places = {
            x
            for line in lines
            if line.source in members and line.target in members
            for (x, low), (other, high) in zip(line.points, line.points[1:], strict=False)
            if x == other and min(low, high) < middle < max(low, high) and row.bar.x < x < row.bar.right
        }
        found += [
            Rect(box=Box(x - DOT / 2, middle - DOT / 2, DOT, DOT), style="dot", radius=DOT / 2) for x in sorted(places)
        ]
    return found
