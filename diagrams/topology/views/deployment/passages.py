"""Where an arrow may cross a row: the gaps between what stands in it, and which of them leads on best."""

from __future__ import annotations

from topology.kinds import EdgeKind
from topology.views.deployment.intervals import Intervals, nearest
from topology.views.deployment.plan import Plan
from topology.views.deployment.ways import CLEAR, Course, Way

TURN = 40.0  # pixels of way that one turn less is worth
_RIGHTWARDS = frozenset({EdgeKind.BACKUP, EdgeKind.GRANT, EdgeKind.TELEMETRY, EdgeKind.EVENT})


def blocks(plan: Plan) -> list[Intervals]:
    """For each row, what no arrow may cross: things, headings with their badges, and the borders of boxes."""
    found = [Intervals() for _ in plan.rows]
    for index, row in enumerate(plan.rows):
        for item in row.items:
            apart = CLEAR if item.form in ("tile", "chip") else 8.0
            left, right = item.span or (item.x, item.right)
            found[index].add(left - apart, right + apart)
        for text in row.headings:
            box = text.box
            owner = plan.model.container.get(text.owner)
            badges = 8 + 21 * min(len(owner.badges), 3) if owner is not None and owner.badges else 0
            found[index].add(box.x - CLEAR, box.right + CLEAR + badges)
    for frame in plan.frames:
        if frame.border:
            for row in range(frame.first, frame.last + 1):
                found[row].add(frame.x - 6, frame.x + 6)
                found[row].add(frame.right - 6, frame.right + 6)
    return found


class Passages:
    """The gaps of all rows.

    Args:
        plan: What stands where.
        blocks: For each row, what no arrow may cross.
        used: For each channel, what arrows and labels have taken so far; the router goes on adding to it.

    """

    def __init__(self, plan: Plan, blocks: list[Intervals], used: list[Intervals]) -> None:
        self._plan = plan
        self._rows = plan.rows
        self._blocks = blocks
        self._used = used

    def _clear(self, channel: int, x: float) -> bool:
        return self._used[channel].free(x - CLEAR, x + CLEAR)

    def crossing(self, way: Way, course: Course, place: int, here: float) -> float:
        """Where to cross a row: keep going straight if possible, else the gap that leads on best."""
        row, goal, channels = course.crossed[place], course.goal, course.channels

        def accepts(x: float) -> bool:
            ends_here = channels[place + 1] == channels[-1]
            return (
                self.passes(row, x, way)
                and (x == here or self._clear(channels[place], x))
                and ((x == goal and ends_here) or self._clear(channels[place + 1], x))
            )

        if accepts(here):
            return here
        edges = self._edges(row, way)
        best: tuple[float, float] | None = None
        bias = 30.0 if way.edge.kind in _RIGHTWARDS else -30.0
        middle = (way.source.cx + way.target.cx) / 2
        for low, high in zip(edges[::2], edges[1::2], strict=True):
            if high - low < 2:
                continue
            for wish in (goal, here, *self._ahead(way, course, place, here)):
                x = nearest(wish, low + 1, high - 1, accepts)
                if x is None:
                    continue
                cost = abs(x - here) + self._onward(way, course, place, x) - (bias if x > middle else 0)
                cost += 0 if x == goal else TURN
                cost += 40 if 0 < abs(x - goal) < 2 * CLEAR or 0 < abs(x - here) < 2 * CLEAR else 0
                if best is None or (cost, x) < best:
                    best = (cost, x)
        return best[1] if best is not None else here

    def leads(self, way: Way, course: Course, x: float) -> bool:
        """True where an arrow from x goes straight on through headings and networks, up to the first row of things."""
        for row, channel in zip(course.crossed, course.channels[1:], strict=False):
            if self._rows[row].items:
                return True
            if not (self.passes(row, x, way) and self._clear(channel, x)):
                return False
        return True

    def _ahead(self, way: Way, course: Course, place: int, here: float) -> list[float]:
        """Both sides of what stands in the way further on: who goes round at once takes one turn instead of two."""
        for row in course.crossed[place + 1 :]:
            if not self.passes(row, here, way):
                edges = self._edges(row, way)
                gaps = [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if high - low > 2]
                left = [high - 1 for _, high in gaps if high <= here]
                right = [low + 1 for low, _ in gaps if low >= here]
                return [*left[-1:], *right[:1]]
        return []

    def _edges(self, row: int, way: Way) -> list[float]:
        """Where the free stretches of a row begin and end."""
        spans = self._blocks[row].spans()
        for grid in self._plan.grids:
            if grid.first <= row <= grid.last and not (grid.holds(way.source) or grid.holds(way.target)):
                spans = [one for one in spans if one[1] < grid.box_left or one[0] > grid.box_right]
                spans = sorted([*spans, (grid.box_left - 4, grid.box_right + 4)])
        return [-1e4, *(x for span in spans for x in span), 1e4]

    def bordered(self, way: Way, channel: int, x: float) -> bool:
        """True where the label of an arrow that ends at x lies on a box's border."""
        wide = way.label_width + 10
        low, high = (x - wide, x) if way.label_left else (x, x + wide)
        return bool(way.label) and any(
            frame.border and frame.first < channel <= frame.last and (low < frame.x < high or low < frame.right < high)
            for frame in self._plan.frames
        )

    def passes(self, row: int, x: float, way: Way) -> bool:
        """True where a row may be crossed; what belongs to neither end's box is passed on its outside."""
        if not self._blocks[row].free(x - 0.5, x + 0.5):
            return False
        for grid in self._plan.grids:
            if grid.first <= row <= grid.last and grid.box_left < x < grid.box_right:
                return grid.holds(way.source) or grid.holds(way.target)
        return True

    def _onward(self, way: Way, course: Course, place: int, x: float) -> float:
        """How far it still is from x to the goal, with the detour that the next blocked row asks for."""
        goal = course.goal
        for row in course.crossed[place + 1 :]:
            if not self.passes(row, x, way):
                edges = self._edges(row, way)
                gaps = (
                    (low if x < low else high if x > high else x)
                    for low, high in zip(edges[::2], edges[1::2], strict=True)
                    if high - low > 2
                )
                return 40 + min((abs(x - gap) + abs(gap - goal) for gap in gaps), default=0.0)
        return abs(x - goal)
