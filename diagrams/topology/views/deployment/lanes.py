"""Components of one tier side by side, each a lane with its own order of traffic from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from topology.parts import Node


@dataclass(kw_only=True)
class Lane:
    """One component. Args: `first` its first layer of traffic; `steps` its nodes from top to bottom."""

    name: str
    first: int
    steps: list[list[Node]] = field(default_factory=list[list[Node]])

    @property
    def units(self) -> int:
        """Columns that it needs."""
        return max(len(step) for step in self.steps)


def lanes(nodes: Sequence[Node], level: dict[str, int], units: int) -> list[Lane]:
    """The components of a tier in the order in which traffic meets them.

    Args:
        nodes: Of the tier; each without a component is one of its own.
        level: Layer of each node.
        units: Columns that there are; a step that needs more is broken.

    """
    by_name: dict[str, list[Node]] = {}
    for node in sorted(nodes, key=lambda one: (level[one.id], one.kind, one.id)):
        by_name.setdefault(node.component or f"node {node.id}", []).append(node)
    found: list[Lane] = []
    for name, members in by_name.items():
        lane = Lane(name=name, first=level[members[0].id])
        for layer in sorted({level[one.id] for one in members}):
            step = [one for one in members if level[one.id] == layer]
            lane.steps += [step[start : start + units] for start in range(0, len(step), units)]
        found.append(lane)
    return sorted(found, key=lambda one: (one.first, -len(one.steps), one.name))


def shelves(parts: Sequence[Lane], units: int) -> list[list[Lane]]:
    """As many lanes side by side as the columns take, the next ones below."""
    found: list[list[Lane]] = []
    for lane in parts:
        if found and sum(one.units for one in found[-1]) + lane.units <= units:
            found[-1].append(lane)
        else:
            found.append([lane])
    return found
