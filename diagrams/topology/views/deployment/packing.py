"""The things of one tier in rows: each in the columns of its zones, in the order in which traffic meets them."""

from __future__ import annotations

from topology.kinds import Placement
from topology.parts import Node
from topology.views.deployment import items
from topology.views.deployment.items import PLAIN_KINDS, Item, Row
from topology.views.deployment.lanes import lanes, shelves
from topology.views.deployment.places import Grid
from topology.views.deployment.plan import Plan

GAP = 8.0
PAD = 8.0
UNIT = 205.0
SPANNING = 240.0  # of a small thing whose zone nobody knows: room for its words, in the middle of where it may be


def _by_component(nodes: list[tuple[int, Node]]) -> list[tuple[int, Node]]:
    """Layers anew: parts of a component stand together, and those components first that traffic meets first."""
    first: dict[str, int] = {}
    for level, node in nodes:
        first[node.component] = min(level, first.get(node.component, level))
    if len(first) < 2:
        return nodes
    steps = sorted({(first[node.component], node.component, level) for level, node in nodes})
    place = {step: index for index, step in enumerate(steps)}
    return [(place[first[node.component], node.component, level], node) for level, node in nodes]


class Packing:
    """Packs the tiers of one grid.

    Args:
        plan: What is drawn as a group.
        grid: Its zones.
        columns: Zone, left edge and width of each column.
        wide: Width of all columns.
        each: Width of one.

    """

    def __init__(
        self, plan: Plan, grid: Grid, columns: list[tuple[str, float, float]], *, wide: float, each: float
    ) -> None:
        self._plan = plan
        self._grid = grid
        self._columns = columns
        self._zones = [zone for zone, _, _ in columns]
        self._x = columns[0][1]
        self._wide = wide
        self._units = max(1, int(each // UNIT))

    def pack(self, nodes: list[Node], level: dict[str, int]) -> list[Row]:
        """Rows of a tier: by layer, several in a row where their columns differ."""
        units = self._units * len(self._zones)
        if not self._grid.zones and (rows_of_lanes := self._lanes(nodes, level, units)):
            return rows_of_lanes
        rows: list[list[tuple[int, int, Node]]] = []
        free = [0] * units
        before = -1
        main = [node for node in nodes if node.kind not in PLAIN_KINDS]
        plain = [node for node in nodes if node.kind in PLAIN_KINDS]
        ordered = _by_component([(level[one.id], one) for one in main]) + [(10_000, one) for one in plain]
        for step, node in sorted(ordered, key=lambda pair: (pair[0], pair[1].kind, pair[1].id)):
            if step != before:
                free = [max(free)] * units
                before = step
            low, high = self._span(node, free)
            row = max(free[low : high + 1])
            free[low : high + 1] = [row + 1] * (high - low + 1)
            rows.extend([] for _ in range(row + 1 - len(rows)))
            rows[row].append((low, high, node))
        return [self._row(row, units) for row in rows]

    def _lanes(self, nodes: list[Node], level: dict[str, int], units: int) -> list[Row]:
        """Components side by side, each in columns of its own; nothing where there is but one, or no room for them."""
        parts = lanes(nodes, level, units)
        if len(parts) < 2 or any(node.id in self._plan.summary.groups for node in nodes):
            return []
        found: list[Row] = []
        for shelf in shelves(parts, units):
            free = (units - sum(lane.units for lane in shelf)) / 2
            for step in range(max(len(lane.steps) for lane in shelf)):
                row, left = Row(), free
                for lane in shelf:
                    here = lane.steps[step] if step < len(lane.steps) else []
                    begin = left + (lane.units - len(here)) / 2
                    for place, node in enumerate(here):
                        x = self._x + (begin + place) * self._wide / units
                        row.items.append(self._item(node, x + PAD, x + self._wide / units - PAD, 0, 0))
                    left += lane.units
                found.append(row)
        return found

    def _span(self, node: Node, free: list[int]) -> tuple[int, int]:
        units = self._units
        zones = sorted({*node.zones, *(one.zone for one in node.members if one.zone)})
        places = [place for place, zone in enumerate(self._zones) if zone in zones]
        if node.id in self._plan.summary.groups and (len(places) != 1 or not self._grid.zones):
            return 0, len(free) - 1
        if not self._grid.zones or len(places) == 1:
            start = places[0] * units if places else 0
            unit = min(range(start, start + units), key=lambda one: (free[one], one))
            return unit, unit
        if not places:
            return 0, len(free) - 1
        return places[0] * units, (places[-1] + 1) * units - 1

    def _row(self, cells: list[tuple[int, int, Node]], units: int) -> Row:
        wide = (self._wide - GAP * (len(self._zones) - 1)) / units
        shift = 0.0
        if not self._grid.zones and len(cells) < units and all(low == high for low, high, _ in cells):
            shift = (units - len(cells)) * wide / 2
        row = Row()
        for place, (low, high, node) in enumerate(sorted(cells, key=lambda one: one[0])):
            column = low // self._units
            left = self._x + low * wide + column * GAP
            right = self._x + (high + 1) * wide + (high // self._units) * GAP
            if shift:
                left = self._x + shift + place * wide
                right = left + wide
            made = self._item(node, left + PAD, right - PAD, low // self._units, high // self._units)
            row.items.append(made)
            if made.form == "chip" and high > low and node.zones and node.placement is Placement.IN:
                row.items += self._echoes(made, node)
        return row

    def _echoes(self, made: Item, node: Node) -> list[Item]:
        """A small thing with parts in several zones stands in each of them."""
        wanted = {*node.zones, *(one.zone for one in node.members)}
        places = [left for zone, left, _ in self._columns if zone in wanted]
        zones = [zone for zone, _, _ in self._columns if zone in wanted]
        made.x, made.zone = places[0] + PAD, zones[0]
        found: list[Item] = []
        for zone, left in zip(zones[1:], places[1:], strict=True):
            other = items.chip(node, made.w)
            other.x, other.zone, other.echo = left + PAD, zone, True
            found.append(other)
        return found

    def _item(self, node: Node, left: float, right: float, first: int, last: int) -> Item:
        group = self._plan.summary.groups.get(node.id)
        if group is not None:
            return items.grid(group, left, right - left)
        columns = tuple((zone, max(x, left), min(x + wide, right)) for zone, x, wide in self._columns[first : last + 1])
        if node.kind in PLAIN_KINDS and len(columns) > 1 and not node.zones:
            item = items.chip(node, min(right - left, SPANNING))
            item.w = min(right - left, SPANNING)
            item.span, left = (left, right), (left + right - item.w) / 2
        elif node.kind in PLAIN_KINDS:
            item = items.chip(node, min(right - left, 128 if self._grid.zones else right - left))
        elif len(columns) > 1:
            return items.band(node, columns)
        else:
            item = items.card(node, right - left)
        item.x = left
        return item
