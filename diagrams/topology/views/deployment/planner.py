"""From a model to rows: what stands where, before any arrow is drawn."""

from __future__ import annotations

from dataclasses import replace

from topology.kinds import EdgeKind
from topology.parts import Node
from topology.views.deployment import items
from topology.views.deployment.gridrows import GridRows
from topology.views.deployment.items import Frame, Item, Row
from topology.views.deployment.places import Area, Places, Placing
from topology.views.deployment.plan import INNER, LABEL, MARGIN, SIDE, TILE, Gutters, Plan
from topology.views.order import FLOWS, layers
from topology.views.scene import Role, said
from topology.views.summary import Summary


class Planner:
    """Builds the plan of one model."""

    def __init__(self, summary: Summary, gutters: Gutters) -> None:
        self._summary = summary
        self._model = summary.model
        self._gutters = gutters
        self._placing = Placing(self._model)
        self._near: dict[str, list[str]] = {}
        for edge in self._model.edges:
            self._near.setdefault(edge.source, []).append(edge.target)
            self._near.setdefault(edge.target, []).append(edge.source)

    def run(self) -> Plan:
        places = self._placing.run()
        plan = Plan(model=self._model, summary=self._summary)
        strip_rows = self._strip(plan, places.strip)
        for area in places.areas:
            self._area(plan, area)
        if places.loose:
            self._tiles(plan, places.loose, MARGIN, INNER, per_row=6)
        self._centre_strip(plan, strip_rows, places)
        for row in plan.rows:
            row.settle()
        return plan

    def _strip(self, plan: Plan, nodes: list[Node]) -> list[int]:
        """The way from users to the design, left to right."""
        level = layers(nodes, self._model.edges)
        ordered = sorted(nodes, key=lambda one: (level[one.id], one.tier, one.id))
        found: list[int] = []
        for start in range(0, len(ordered), 5):
            row = Row()
            x = 0.0
            for node in ordered[start : start + 5]:
                item = self._item(node, TILE)
                item.x = x
                x += max(item.w, 96) + 66
                row.items.append(item)
            found.append(plan.add(row))
        return found

    def _centre_strip(self, plan: Plan, rows: list[int], places: Places) -> None:
        """Puts the strip so that its way into the design is a straight one."""
        for index in rows:
            row = plan.rows[index]
            wide = row.items[-1].right
            anchor = plan.width / 2
            lead = row.items[len(row.items) // 2].cx
            for item in row.items:
                below = [plan.items[one] for one in self._near.get(item.node.id, []) if plan.items[one].row > index]
                inside = [one for one in below if one.form in ("band", "card", "group")] or below[:1]
                if inside:
                    anchor, lead = self._door(plan, inside[0]), item.cx
            shift = min(max(anchor - lead, MARGIN), max(plan.width - MARGIN - wide, MARGIN))
            for item in row.items:
                item.x += shift

    def _door(self, plan: Plan, item: Item) -> float:
        if item.columns:
            _, left, right = item.columns[len(item.columns) // 2]
            return (left + right) / 2
        return item.cx

    def _area(self, plan: Plan, area: Area) -> None:
        framed = area.container is not None
        first = len(plan.rows)
        left, room = (MARGIN + 14, INNER - 28) if framed else (MARGIN, INNER)
        if area.container is not None:
            parent = self._model.container.get(area.container.parent)
            words = " · ".join(part.label for part in (parent, area.container) if part is not None)
            heading = said(left, 13, words, room=420, size=12.5, style="th-region", bold=True, role=Role.HEADING)
            plan.add(Row(headings=[heading], h=16))
        level = layers(area.nodes, self._model.edges, frozenset(EdgeKind) if not area.grids else FLOWS)
        edge, side, rest = self._split(area)
        if not area.grids:
            edge, side, rest = [], [], area.nodes
            for step in sorted({level[one.id] for one in rest if self._near.get(one.id)}):
                there = [one for one in rest if level[one.id] == step and self._near.get(one.id)]
                self._tiles(plan, there, left, room)
            rest = [one for one in rest if not self._near.get(one.id)]
        if edge:
            for step in sorted({level[one.id] for one in edge}):
                self._tiles(plan, [one for one in edge if level[one.id] == step], left, room)
        grid_room = room - (SIDE + LABEL if side else 0)
        free: list[int] = []
        for grid in area.grids:
            made = GridRows(plan, self._placing, grid, left=left, room=grid_room, gutters=self._gutters)
            free.extend(made.run())
        left_over = self._side(plan, side, free, left + grid_room + LABEL)
        self._tiles(plan, [*left_over, *rest], left, room)
        if framed and len(plan.rows) > first:
            plan.frame(
                Frame(
                    style="f-region",
                    x=MARGIN,
                    right=MARGIN + INNER,
                    first=first,
                    last=len(plan.rows) - 1,
                    level=1,
                    bottom_level=4 if area.grids and len(plan.rows) - 1 == plan.grids[-1].last else 1,
                    title=area.container.label if area.container else "",
                    container=area.container,
                )
            )

    def _split(self, area: Area) -> tuple[list[Node], list[Node], list[Node]]:
        """Nodes of a region with a grid: those before it, those beside it, those below it."""
        inside = {node.id for grid in area.grids for node in grid.nodes}
        edge: list[Node] = []
        side: list[Node] = []
        rest: list[Node] = []
        sends = {edge.source for edge in self._model.edges if edge.target in inside and edge.kind == "traffic"}
        for node in area.nodes:
            near = self._near.get(node.id, [])
            if not near:
                rest.append(node)
            elif node.tier in ("edge", "outside") and node.id in sends:
                edge.append(node)
            else:
                side.append(node)
        return edge, side, rest

    def _side(self, plan: Plan, nodes: list[Node], free: list[int], x: float) -> list[Node]:
        """Puts connected services of a region beside the rows that use them; returns those without room."""
        taken: set[int] = set()
        over: list[Node] = []

        def wish(node: Node) -> int:
            rows = sorted(plan.items[one].row for one in self._near[node.id] if one in plan.items)
            rows = [row for row in rows if row in wanted] or rows
            return rows[0] if rows else (free[0] if free else 0)

        wanted = set(free)
        for node in sorted(nodes, key=lambda one: (wish(one), one.id)):
            target = wish(node)
            best = min(
                (row for row in free if row not in taken), key=lambda row: (abs(row - target), row), default=None
            )
            if best is None:
                over.append(node)
                continue
            taken.add(best)
            item = self._item(node, SIDE)
            item.x = x + (SIDE - item.w) / 2
            item.row = best
            plan.rows[best].items.append(item)
            plan.items[node.id] = item
        return over

    def _tiles(self, plan: Plan, nodes: list[Node], left: float, room: float, per_row: int = 5) -> None:
        """Rows of tiles, spread evenly."""
        groups = [one for one in nodes if one.id in self._summary.groups]
        single = sorted((one for one in nodes if one.id not in self._summary.groups), key=lambda one: one.id)
        rows = -(-len(single) // per_row) or 1
        each = -(-len(single) // rows)
        for start in range(0, len(single), max(each, 1)):
            part = single[start : start + each]
            pitch = min(room / len(part), 220.0)
            begin = left + (room - pitch * len(part)) / 2
            row = Row()
            for place, node in enumerate(part):
                item = self._item(node, min(TILE, pitch - 12))
                item.x = begin + pitch * (place + 0.5) - item.w / 2
                row.items.append(item)
            plan.add(row)
        for node in groups:
            plan.add(Row(items=[items.grid(self._summary.groups[node.id], left + 30, room - 60)]))

    def _item(self, node: Node, room: float) -> Item:
        if node.id in self._summary.groups:
            names = [one.label for one in self._summary.groups[node.id].nodes]
            # Side by side with others there is no room for a list: how many, of what, and the first one's name.
            first = f"{names[0]}, …" if len(names) > 1 else names[0]
            return items.tile(replace(node, service=first, details=()), room)
        return items.tile(node, room)
