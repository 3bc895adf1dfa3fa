"""Ways of the arrows: straight where they can be, else through the channels between rows and the gaps beside things.

Rows hold things and headings; arrows cross a row only where it is free, run sideways only in channels, and end with
their label in a lane of the channel that nothing else may cross. So no arrow meets a thing, a heading or a label.
"""

from __future__ import annotations

from topology.views import metrics
from topology.views.deployment.intervals import Intervals, nearest
from topology.views.deployment.passages import Passages, blocks
from topology.views.deployment.plan import Plan
from topology.views.deployment.ways import CLEAR, LABEL_LINES, LABEL_SIZE, Course, Leg, Way, label_room

ASIDE = 60.0  # pixels that an arrow's start may give way so that it can go straight through the networks below


class Router:
    """Finds the ways of all arrows of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._rows = plan.rows
        self._blocks = blocks(plan)
        self._used = [Intervals() for _ in range(len(plan.rows) + 1)]  # channel k lies above row k
        self._ports: dict[tuple[str, str, str, bool], Way] = {}
        self._joins: dict[tuple[str, str, int], Way] = {}
        self._passages = Passages(plan, self._blocks, self._used)

    def run(self) -> list[Way]:
        """All ways, in the order of the model's edges."""
        items = self._plan.items
        ways = [
            Way(edge=edge, source=items[edge.source], target=items[edge.target])
            for edge in self._plan.model.edges
            if edge.source in items and edge.target in items and edge.source != edge.target
        ]
        for way in ways:
            way.label = metrics.wrap(metrics.clean(way.edge.label), LABEL_SIZE, label_room(way), LABEL_LINES)
        order = sorted(ways, key=lambda one: (abs(one.source.row - one.target.row), one.edge.kind, one.edge.id))
        beside = [way for way in order if way.source.row == way.target.row and not self._sideways(way)]
        # Those that go round a neighbour come last: they turn anyway, and leave the straight ways to others.
        for way in [*(one for one in order if one.source.row != one.target.row), *beside]:
            self._route(way)
        return ways

    def _sideways(self, way: Way) -> bool:
        """A straight horizontal arrow, where nothing stands between the two."""
        row = self._rows[way.source.row]
        rightward = way.source.cx < way.target.cx
        first, second = (way.source, way.target) if rightward else (way.target, way.source)
        if any(first.cx < one.cx < second.cx for one in row.items):
            return False
        begin, end = first.side(True), second.side(False)
        if ("side", first.node.id, second.node.id, True) in self._ports or end - begin < 24:
            return False
        self._ports["side", first.node.id, second.node.id, True] = way
        limit = max([end - 120.0, begin, *(x for x in self._borders(way.source.row) if begin < x < end - 20)])
        room = end - limit - 18
        if way.label and room > 24:
            way.label = metrics.wrap(metrics.clean(way.edge.label), LABEL_SIZE, room, LABEL_LINES)
            way.labelled = True
            way.label_x = end - 10 - way.label_width / 2 if rightward else end - 4 - way.label_width / 2
            if second.form == "tile" and first.form == "tile":
                way.label_x = (begin + end) / 2
            half = way.label_width / 2 + 3
            self._blocks[way.source.row].add(way.label_x - half, way.label_x + half)
        way.side = True
        return True

    def _borders(self, row: int) -> list[float]:
        return [
            x for one in self._plan.frames if one.border and one.first <= row <= one.last for x in (one.x, one.right)
        ]

    def _route(self, way: Way) -> None:
        down = way.source.row <= way.target.row
        same = way.source.row == way.target.row
        first = way.source.row + 1 if down else way.source.row
        last = way.target.row if down and not same else way.target.row + 1
        if same:
            first = last = way.source.row + 1
        step = 1 if down else -1
        channels = list(range(first, last + step, step))
        crossed = [channel if step > 0 else channel - 1 for channel in channels[:-1]]
        trunk = (way.edge.target, str(way.edge.kind), "\n".join(way.label), down and not same)
        shared = self._ports.get(trunk)
        if shared is not None and shared.side:
            shared = None
        places = self._straight(way, channels, crossed, shared) if not same else None
        if places is None:
            places = self._bent(way, channels, crossed, shared)
        if way.joined is not None:
            shared = way.joined
            trunk_name = shared.legs[-1].trunk
        else:
            trunk_name = "|".join(map(str, trunk))
        self._take(way, channels, places, shared, down=down, same=same, trunk=trunk_name)
        self._joins.setdefault((way.edge.target, str(way.edge.kind), channels[-1]), way)
        if shared is None:
            self._ports[trunk] = way

    def _end(self, way: Way, channel: int, x: float, shared: Way | None, *, tidy: bool = False) -> bool:
        """True where an arrow, with its label, may end at x; `tidy`: the label does not lie on a box's border."""
        if shared is not None:
            return x == shared.legs[-1].leave
        if tidy and self._passages.bordered(way, channel, x):
            return False
        return self._used[channel].free(*way.room_at(x))

    def _straight(self, way: Way, channels: list[int], crossed: list[int], shared: Way | None) -> list[float] | None:
        low = max(way.source.ports()[0], way.target.ports()[0])
        high = min(way.source.ports()[1], way.target.ports()[1])
        wish = shared.legs[-1].leave if shared else self._wish(way)

        def accepts(x: float, *, tidy: bool = True) -> bool:
            return (
                self._end(way, channels[-1], x, shared, tidy=tidy)
                and all(self._used[one].free(x - CLEAR, x + CLEAR) for one in channels[: None if not shared else -1])
                and all(self._passages.passes(row, x, way) for row in crossed)
            )

        found = nearest(wish, low, high, accepts)
        if found is None and shared is None:
            way.label_left = True
            found = nearest(wish, low, high, accepts)
            way.label_left = found is not None
        if found is None:
            found = nearest(wish, low, high, lambda x: accepts(x, tidy=False))
        return None if found is None else [found] * (len(channels) + 1)

    def _wish(self, way: Way) -> float:
        small, large = sorted((way.source, way.target), key=lambda one: (one.w, one.node.id))
        if small.columns and large.columns:
            _, left, right = small.columns[len(small.columns) // 2]
            return (left + right) / 2
        return large.wish(small.wish(large.cx)) if small.columns else small.wish(large.cx)

    def _bent(self, way: Way, channels: list[int], crossed: list[int], shared: Way | None) -> list[float]:
        if shared is not None:
            goal = shared.legs[-1].leave
        else:
            wish = way.target.wish(way.source.cx)
            goal = nearest(wish, *way.target.ports(), lambda x: self._end(way, channels[-1], x, None))
            clear = nearest(
                wish,
                *way.target.ports(),
                lambda x: (
                    self._end(way, channels[-1], x, None, tidy=True)
                    and all(
                        self._blocks[row].free(x - 0.5, x + 0.5)
                        for row in reversed(crossed)
                        if not self._rows[row].items
                    )
                ),
            )
            goal = goal if clear is None else clear
            if goal is None and way.label:
                way.label_at = "source"
                goal = nearest(wish, *way.target.ports(), lambda x: self._end(way, channels[-1], x, None))
            other = self._joins.get((way.edge.target, str(way.edge.kind), channels[-1]))
            if goal is None and other is not None:
                way.joined, goal = other, other.legs[-1].leave
            if goal is None:
                goal = nearest(wish, *way.target.wide_ports(), lambda x: self._end(way, channels[-1], x, None))
            goal = wish if goal is None else goal
        course = Course(channels=channels, crossed=crossed, goal=goal)
        begin = self._begin(way, course)
        if begin is None and way.label_at == "source":
            way.label, way.label_at = (), "target"  # hovering the arrow and the inventory still say it
            begin = self._begin(way, course)
        if begin is None:
            begin = self._begin(way, course, wide=True)
        begin = way.source.wish(goal) if begin is None else begin
        places = [begin]
        for place in range(len(crossed)):
            places.append(self._passages.crossing(way, course, place, places[-1]))
        return self._without_steps(way, channels, [*places, goal], fixed=shared is not None or way.joined is not None)

    def _begin(self, way: Way, course: Course, *, wide: bool = False) -> float | None:
        """Where an arrow leaves its source: near the wish, and if possible where the networks below let it through."""
        goal, channels = course.goal, course.channels
        room = way.label_width + 7 if way.label_at == "source" else 0.0

        def accepts(x: float) -> bool:
            return (
                self._used[channels[0]].free(x - CLEAR, x + CLEAR + room)
                and self._apart(x, goal, channels)
                and not (len(channels) == 1 and room and x - 2 * CLEAR < goal < x + 2 * CLEAR + room)
            )

        wish, ports = way.source.wish(goal), way.source.wide_ports() if wide else way.source.ports()
        found = nearest(wish, *ports, accepts)
        led = nearest(wish, *ports, lambda x: accepts(x) and self._passages.leads(way, course, x))
        return led if led is not None and found is not None and abs(led - wish) < abs(found - wish) + ASIDE else found

    def _without_steps(self, way: Way, channels: list[int], places: list[float], *, fixed: bool) -> list[float]:
        """The same with its ends moved onto what comes next, where that saves a step too small to be read as a turn."""
        if len(channels) == 1:
            return places
        last, second = places[-2], places[1]
        low, high = way.target.ports()
        if not fixed and abs(places[-1] - last) < 2 * CLEAR and low <= last <= high:
            places[-1] = last if self._end(way, channels[-1], last, None) else places[-1]
        low, high = way.source.ports()
        if abs(places[0] - second) < 2 * CLEAR and low <= second <= high and way.label_at == "target":
            free = self._used[channels[0]].free(second - CLEAR, second + CLEAR)
            places[0] = second if free else places[0]
        return places

    def _apart(self, x: float, goal: float, channels: list[int]) -> bool:
        """Two ends of one arrow in one channel are the same or well apart: no small steps."""
        return len(channels) > 1 or x == goal or abs(x - goal) >= 2 * CLEAR

    def _take(
        self,
        way: Way,
        channels: list[int],
        places: list[float],
        shared: Way | None,
        *,
        down: bool,
        same: bool,
        trunk: str,
    ) -> None:
        for place, channel in enumerate(channels):
            enter, leave = places[place], places[place + 1]
            final = place == len(channels) - 1
            way.legs.append(
                Leg(
                    channel=channel,
                    enter=enter,
                    leave=leave,
                    enter_top=down,
                    leave_top=same or not down,
                    trunk=trunk if final else "",
                )
            )
            at_source = place == 0 and way.label_at == "source" and bool(way.label)
            self._used[channel].add(enter - CLEAR, enter + CLEAR + (way.label_width + 7 if at_source else 0))
            if at_source:
                way.labelled, way.label_x = True, enter + 6
            if not final:
                self._used[channel].add(leave - CLEAR, leave + CLEAR)
            elif shared is None:
                self._used[channel].add(*way.room_at(leave))
                if way.label and way.label_at == "target":
                    way.labelled, way.label_x = True, leave - 6 - way.label_width if way.label_left else leave + 6
