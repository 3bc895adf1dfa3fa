"""Heights: tracks of the arrows in each channel, then every row's place on the page."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

from topology.views.deployment.plan import Plan
from topology.views.deployment.ways import LINE, Leg, Way, rows_of

TRACK = 9.0
FRAME_PAD = 9.0
LEAST = 10.0
ARROW_ROOM = 26.0


@dataclass(kw_only=True)
class Channel:
    """The strip above a row: lane for labels below the upper row, tracks, lane above the lower row."""

    y: float = 0
    h: float = 0
    upper: float = 0
    lower: float = 0
    tracks: int = 0
    first: float = 0
    inner: float = 0
    loops: int = 0
    loop_first: float = 0

    def y_of(self, leg: Leg) -> float:
        """Where a leg runs sideways; one that comes back to the row above does so inside that row's boxes."""
        return (self.loop_first if leg.loops else self.first) + leg.track * TRACK


def place(plan: Plan, ways: list[Way], top: float) -> list[Channel]:
    """Gives every row its y and every leg its track; returns the channels (one more than rows)."""
    legs = rows_of(ways)
    channels = [Channel() for _ in range(len(plan.rows) + 1)]
    for way in ways:
        if way.labelled and not way.side and way.legs:
            at_source = way.label_at == "source"
            leg = way.legs[0 if at_source else -1]
            channel = channels[leg.channel]
            high = len(way.label) * LINE + 3
            if leg.enter_top if at_source else leg.leave_top:
                channel.upper = max(channel.upper, high + 10)
            else:
                channel.lower = max(channel.lower, high + 10)
        if way.legs:
            channel = channels[way.legs[-1].channel]
            if way.legs[-1].leave_top:
                channel.upper = max(channel.upper, 15.0)
            else:
                channel.lower = max(channel.lower, 15.0)
    y = top
    for index, channel in enumerate(channels):
        here = legs.get(index, [])
        channel.tracks = _tracks([leg for leg in here if not leg.loops])
        channel.loops = _tracks([leg for leg in here if leg.loops])
        closes = plan.rows[index - 1].closes if index else 0
        opens = plan.rows[index].opens if index < len(plan.rows) else 0
        channel.y = y
        starts = 9.0 if any(leg.enter_top for leg in here) else 0.0
        channel.loop_first = y + max(channel.upper, 9.0)
        channel.inner = max(channel.upper, 9.0) + channel.loops * TRACK if channel.loops else channel.upper
        upper = max(channel.inner + (closes * FRAME_PAD + 5 if closes else 0), starts)
        lower = max(channel.lower, opens * FRAME_PAD, 9.0 if any(not leg.enter_top for leg in here) else 0.0)
        middle = (channel.tracks - 1) * TRACK + 10 if channel.tracks else 0
        channel.first = y + upper + 5
        side = _side_labels(ways, index)
        channel.h = max(upper + middle + lower, LEAST if index else 0, ARROW_ROOM if here and _ends(here) else 0, side)
        y += channel.h
        if index < len(plan.rows):
            row = plan.rows[index]
            row.y = y
            for item in row.items:
                item.y = y + row.axis - item.axis
            y += row.h
    return channels


def _side_labels(ways: list[Way], index: int) -> float:
    return max((8.0 for way in ways if way.side and way.label and way.source.row == index), default=0.0)


def _ends(legs: list[Leg]) -> bool:
    return any(leg.trunk for leg in legs)


def _tracks(legs: list[Leg]) -> int:
    """Tracks so that no two arrows run along each other; those that join at one target share theirs."""
    spans: dict[str, tuple[float, float, list[Leg]]] = {}
    for place_, leg in enumerate(legs):
        if leg.enter == leg.leave and leg.enter_top != leg.leave_top:
            continue
        low, high = min(leg.enter, leg.leave), max(leg.enter, leg.leave)
        key = leg.trunk or f"#{place_}"
        if key in spans:
            before = spans[key]
            spans[key] = (min(low, before[0]), max(high, before[1]), [*before[2], leg])
        else:
            spans[key] = (low, high, [leg])
    busy: list[tuple[float, int]] = []
    free: list[int] = []
    count = 0
    for low, high, members in sorted(spans.values(), key=lambda one: (one[0], one[1], one[2][0].trunk)):
        while busy and busy[0][0] < low - 6:
            heappush(free, heappop(busy)[1])
        if free:
            track = heappop(free)
        else:
            track, count = count, count + 1
        heappush(busy, (high, track))
        for leg in members:
            leg.track = track
    return count
