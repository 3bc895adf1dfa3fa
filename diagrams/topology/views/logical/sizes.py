"""How large things are in the logical view, from our own font metrics."""

from __future__ import annotations

from dataclasses import dataclass

from topology.parts import Container, Edge, Node
from topology.views import metrics
from topology.views.metrics import clean

ICON = 48.0
NAME, SMALL, LABEL, HEADING = 13.0, 11.5, 11.5, 12.0
GAP = 7.0  # between an icon and an arrow's end
FRAME = 12  # between a box and what is in it
LINE = 15.0


@dataclass(frozen=True, kw_only=True)
class Room:
    """How much room words get. Args: `caption` and `label` are the widest line, in pixels; `lines` of a label."""

    caption: float
    label: float
    lines: int


WIDE = Room(caption=124.0, label=104.0, lines=2)
NARROW = Room(caption=92.0, label=72.0, lines=5)
"""For designs of many steps: their picture is as wide as its words, and a page shows all pictures at one width."""


@dataclass(frozen=True, kw_only=True)
class Caption:
    """Lines below an icon, each with its size. `w` and `h`: of a box with the icon in its very middle.

    The upper half has the same height as the lower one, so that arrows which aim at the middle aim at the icon.
    """

    lines: tuple[tuple[str, float], ...]

    @property
    def w(self) -> float:
        return max([ICON + 2 * GAP + 4, *(metrics.width(text, size) + 8 for text, size in self.lines)])

    @property
    def h(self) -> float:
        return ICON + 2 * self.below

    @property
    def below(self) -> float:
        return 7 + LINE * len(self.lines)


def caption(node: Node, room: Room = WIDE) -> Caption:
    """Name on up to two lines, then what it is."""
    lines = [(one, NAME) for one in metrics.wrap(clean(node.label), NAME, room.caption, 2)]
    service = clean(node.service)
    if service and service.lower() != clean(node.label).lower():
        lines += [(one, SMALL) for one in metrics.wrap(service, SMALL, room.caption, 2)]
    return Caption(lines=tuple(lines))


def label_of(edge: Edge, room: Room = WIDE) -> tuple[str, ...]:
    """An arrow's label, on as many lines as there are; a little wider where that saves cutting a word."""
    words = clean(edge.label)
    lines = metrics.wrap(words, LABEL, room.label, room.lines)
    return metrics.wrap(words, LABEL, room.label * 1.25, room.lines) if metrics.ELLIPSIS in "".join(lines) else lines


def title_of(box: Container) -> str:
    """A box's heading, in the room there is."""
    return metrics.elide(clean(box.label), HEADING, 210, bold=True)


def heading(box: Container) -> tuple[float, float]:
    """Width and height of a box's heading."""
    return metrics.width(title_of(box), HEADING, bold=True) + 8, 17.0
