"""What the router finds: for each arrow, its legs from channel to channel, and where its label stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from topology.parts import Edge
from topology.views import metrics
from topology.views.deployment.items import Item

CLEAR = 5.0  # half the distance between two arrows side by side
LABEL_SIZE = 11.0
LABEL_ROOM = 118.0
LABEL_LINES = 4  # as many as a list of actions takes in half a zone's column
LINE = 13.0


@dataclass(kw_only=True)
class Course:
    """The channels that an arrow passes, the rows that it crosses between them, and where it must arrive."""

    channels: list[int]
    crossed: list[int]
    goal: float = 0


@dataclass(kw_only=True)
class Leg:
    """What an arrow does in one channel: comes in at one place, leaves at another."""

    channel: int
    enter: float
    leave: float
    enter_top: bool
    leave_top: bool
    trunk: str = ""
    track: int = -1

    @property
    def loops(self) -> bool:
        """True where it comes back to the row that it came from."""
        return self.enter_top and self.leave_top


@dataclass(kw_only=True)
class Way:
    """One arrow's way. `side` for a straight horizontal one; else its legs, from source to target."""

    edge: Edge
    source: Item
    target: Item
    side: bool = False
    legs: list[Leg] = field(default_factory=list[Leg])
    label: tuple[str, ...] = ()
    label_x: float = 0
    labelled: bool = False
    label_at: str = "target"
    label_left: bool = False
    joined: Way | None = None

    @property
    def label_width(self) -> float:
        return max((metrics.width(line, LABEL_SIZE) for line in self.label), default=0.0)

    def room_at(self, x: float) -> tuple[float, float]:
        """From where to where an arrow that ends at x, with its label there, has its channel for itself."""
        wide = self.label_width if self.label_at == "target" else 0.0
        wide = wide + 7 if wide else 0.0
        return (x - CLEAR - wide, x + CLEAR) if self.label_left else (x - CLEAR, x + CLEAR + wide)


def rows_of(ways: list[Way]) -> dict[int, list[Leg]]:
    """The legs in each channel."""
    found: dict[int, list[Leg]] = {}
    for way in ways:
        for leg in way.legs:
            found.setdefault(leg.channel, []).append(leg)
    return found


def label_room(way: Way) -> float:
    """Width of a label: where it ends at the middle of a zone's column, not beyond the column's border."""
    if not way.target.columns:
        return LABEL_ROOM
    narrow = min(right - left for _, left, right in way.target.columns)
    return min(LABEL_ROOM, max(narrow / 2 - 16, 60.0))
