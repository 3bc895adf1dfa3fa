"""What stands in the rows of the deployment view, and how large each thing is."""

from __future__ import annotations

from dataclasses import dataclass, field

from topology.kinds import Kind
from topology.parts import Container, Node
from topology.views import metrics
from topology.views.scene import Box, Text
from topology.views.summary import Group

ICON, SMALL, BADGE = 42.0, 26.0, 18.0
TITLE, BODY, FINE = 12.0, 12.0, 11.0
PLAIN_KINDS = frozenset(
    {Kind.NAT, Kind.ENDPOINT, Kind.SECRET, Kind.KEY, Kind.ALARM, Kind.LOGS, Kind.METRICS, Kind.IDENTITY, Kind.VOLUME}
)


@dataclass(kw_only=True)
class Item:
    """One node in a row.

    Args:
        node: What it shows.
        form: `tile` (icon above its name), `card` (icon beside it), `band` (an icon in each zone), `group`, `chip`.
        x: Left edge.
        w: Width.
        h: Height.
        axis: Where horizontal arrows meet it, from its top.
        columns: For a band: zone name and its left and right edge.
        zone: For a chip that stands in several zones: this one.
        span: For a chip whose zone nobody knows: from where to where it may be.
        echo: True for all of those but the first, where the arrows end.

    """

    node: Node
    form: str
    x: float = 0
    w: float = 0
    h: float = 0
    axis: float = 0
    row: int = -1
    y: float = 0
    group: Group | None = None
    columns: tuple[tuple[str, float, float], ...] = ()
    zone: str = ""
    span: tuple[float, float] | None = None
    echo: bool = False

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def cx(self) -> float:
        return self.x + self.w / 2

    @property
    def box(self) -> Box:
        return Box(self.x, self.y, self.w, self.h)

    def ports(self) -> tuple[float, float]:
        """Where vertical arrows may meet it."""
        if self.form == "tile":
            return self.cx - 20, self.cx + 20
        if self.form == "chip":
            return self.x + 8, self.right - 8
        return self.x + 12, self.right - 12

    def wide_ports(self) -> tuple[float, float]:
        """The same where those are taken."""
        return (self.x + 4, self.right - 4) if self.form == "tile" else self.ports()

    def wish(self, other: float) -> float:
        """Where an arrow that comes from there would best meet it: at the nearest icon."""
        if self.form == "tile":
            return self.cx
        if self.form == "chip":
            return self.x + 4 + SMALL / 2
        if self.columns:
            centres = [(left + right) / 2 for _, left, right in self.columns]
            return min(centres, key=lambda one: (abs(one - other), one))
        return self.cx if self.w < 260 else min(max(other, self.x + 30), self.right - 30)

    def side(self, to_right: bool) -> float:
        """Where a horizontal arrow meets it."""
        if self.form == "tile":
            return self.cx + ICON / 2 + 5 if to_right else self.cx - ICON / 2 - 5
        return self.right if to_right else self.x


@dataclass(frozen=True, kw_only=True)
class Bar:
    """An overlay network as a segment: a bar from `x` to `right` that its members' arrows pass through."""

    container: Container
    x: float
    right: float


@dataclass(kw_only=True)
class Row:
    """A strip of the picture: things, or the headings of the boxes that begin here.

    Args:
        items: Left to right.
        headings: Texts whose `y` counts from the row's top.
        h: Height.
        axis: Where its things' axes lie.
        opens: Boxes that begin above it.
        closes: Boxes that end below it.
        bar: The overlay network that is drawn here, if any.

    """

    items: list[Item] = field(default_factory=list[Item])
    headings: list[Text] = field(default_factory=list[Text])
    h: float = 0
    axis: float = 0
    y: float = 0
    opens: int = 0
    closes: int = 0
    bar: Bar | None = None

    def settle(self) -> None:
        """Height and common axis, from what stands in it."""
        if self.items:
            self.axis = max(item.axis for item in self.items)
            self.h = max(self.axis - item.axis + item.h for item in self.items)


@dataclass(kw_only=True)
class Frame:
    """A box behind rows `first` to `last`."""

    style: str
    x: float
    right: float
    first: int
    last: int
    level: int
    bottom_level: int
    title: str = ""
    container: Container | None = None
    radius: float = 8
    border: bool = True


def tile(node: Node, room: float) -> Item:
    """An icon with its name below."""
    lines = tile_lines(node, room)
    wide = max([metrics.width(text, size, bold) for text, size, bold in lines], default=0.0)
    badges = min(len(node.badges), 3) * (BADGE + 3)
    return Item(
        node=node,
        form="tile",
        w=min(max(wide, ICON + 2 * badges) + 10, room),
        h=ICON + 4 + sum(size + 3 for _, size, _ in lines),
        axis=ICON / 2,
    )


def tile_lines(node: Node, room: float) -> list[tuple[str, float, bool]]:
    """The texts below a tile: its name on up to two lines, what it is, and one detail."""
    lines = [(one, BODY, False) for one in metrics.wrap(metrics.clean(node.label), BODY, room - 10, 2)]
    extras = [node.service] if node.service and node.service.lower() != node.label.lower() else []
    extras += [*node.details[:1], *([node.zone_note] if node.zone_note else [])]
    lines += [(metrics.elide(metrics.clean(one), FINE, room - 10), FINE, False) for one in extras[:2]]
    return lines


def card(node: Node, width: float) -> Item:
    """An icon with its texts to the right."""
    rows = len(card_lines(node, width))
    high = max(ICON + 14, 12 + 16 + rows * 14 + 4)
    return Item(node=node, form="card", w=width, h=high, axis=high / 2)


def card_lines(node: Node, width: float) -> list[str]:
    """The small lines of a card, below its name."""
    lines = [metrics.clean(one) for one in (node.service, *node.details[:2]) if one]
    members = [one for one in node.members if one.role or one.label]
    if members and "\u00d7" in node.label and not any(one.role or one.zone for one in members):
        pass  # the name says how many there are, and their own names are its, with a number
    elif 1 < len(members) <= 3:
        lines += [" · ".join(part for part in (one.role, one.label) if part) for one in members]
    elif len(members) > 3:
        lines.append(f"{len(members)} \u00d7 {members[0].role or 'member'}")
    if node.zone_note:
        lines.append(metrics.clean(node.zone_note))
    return [metrics.elide(metrics.clean(one), FINE, width - ICON - 26) for one in lines[:6]]


def chip(node: Node, width: float) -> Item:
    """A small icon with its name, on one or two lines; no wider than its words, so that arrows pass beside them."""
    words = (node.label, *(one.label for one in node.members))
    wide = max(metrics.width(metrics.clean(one), FINE) for one in words)
    wide = max(wide, max((metrics.width(one, FINE - 1) for one in chip_lines(node)), default=0.0))
    return Item(node=node, form="chip", w=min(width, SMALL + 14 + wide), h=36, axis=18)


def chip_lines(node: Node) -> list[str]:
    """What a chip may say below its name; the first of it is said."""
    return [metrics.clean(one) for one in (node.service, *node.details) if one][:1]


def band(node: Node, columns: tuple[tuple[str, float, float], ...]) -> Item:
    """One box across zones, with an icon in each."""
    left, right = columns[0][1], columns[-1][2]
    captions = 2 if any(one.role and one.label for one in node.members) else 1 if node.members else 0
    below = node.details and not notes_beside(node, right - left)
    high = 24 + ICON + 8 + (captions + (1 if below else 0)) * 14
    return Item(node=node, form="band", x=left, w=right - left, h=high, axis=24 + ICON / 2, columns=columns)


def band_heading(node: Node) -> tuple[str, str]:
    """What stands on top of a band: what it is and its name, then how it is made and where it runs."""
    note = metrics.clean(node.zone_note)
    note += " these zones" if note.endswith(" in") else ""
    words = " · ".join(metrics.clean(part) for part in (node.service, node.label) if part)
    return words, " · ".join(one for one in (*map(metrics.clean, node.details[:2]), note) if one)


def notes_beside(node: Node, width: float) -> bool:
    """True where both fit into one line; else the details stand below the icon in the middle."""
    words, note = band_heading(node)
    taken = min(len(node.badges), 3) * (BADGE + 3)
    return metrics.width(words, TITLE, bold=True) + metrics.width(note, FINE) + taken + 40 <= width


def grid(group: Group, x: float, width: float) -> Item:
    """Many like things as one box with their names in columns."""
    per_row = max(1, int((width - 20) // 148))
    shown = min(len(group.nodes), group.shown)
    lines = -(-shown // per_row) + (1 if shown < len(group.nodes) else 0)
    high = 34 + lines * 19 + 8
    return Item(node=group.node, form="group", x=x, w=width, h=high, axis=17, group=group)
