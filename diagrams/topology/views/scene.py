"""What a picture consists of, as geometry: the SVG writer draws it, draw.io converts it, the layout tests judge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from topology.kinds import Change
from topology.views import metrics

ASCENT = 0.76  # of the font's size, above the baseline
DESCENT = 0.24
ARROW = 9.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, in pixels."""

    x: float
    y: float
    w: float
    h: float

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
    def cy(self) -> float:
        return self.y + self.h / 2

    def moved(self, dx: float, dy: float) -> Box:
        """The same elsewhere."""
        return Box(self.x + dx, self.y + dy, self.w, self.h)

    def overlaps(self, other: Box, slack: float = 0.0) -> bool:
        """True where they share more than a border."""
        return (
            self.x + slack < other.right
            and other.x + slack < self.right
            and self.y + slack < other.bottom
            and other.y + slack < self.bottom
        )


class Role(StrEnum):
    """What a text is; the layout tests treat them alike, a reader's eye does not."""

    TITLE = "title"
    HEADING = "heading"
    CAPTION = "caption"
    LABEL = "label"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of text; `y` is its baseline, `full` what it says where it had to be elided."""

    x: float
    y: float
    text: str
    size: float = 12
    style: str = "t"
    anchor: str = "start"
    bold: bool = False
    role: Role = Role.CAPTION
    title: str = ""
    owner: str = ""

    @property
    def box(self) -> Box:
        wide = metrics.width(self.text, self.size, self.bold)
        left = {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return Box(self.x - left, self.y - self.size * ASCENT, wide, self.size * (ASCENT + DESCENT))

    def moved(self, dx: float, dy: float) -> Text:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """A box, a card, a coloured ground. `solid` ones are obstacles: no line may cross them."""

    box: Box
    style: str
    radius: float = 6
    title: str = ""
    owner: str = ""
    solid: bool = False

    def moved(self, dx: float, dy: float) -> Rect:
        return replace(self, box=self.box.moved(dx, dy))


@dataclass(frozen=True, slots=True, kw_only=True)
class Icon:
    """A picture of a service; `key` is what `topology.icons` gave for it."""

    box: Box
    key: str
    title: str = ""
    owner: str = ""

    def moved(self, dx: float, dy: float) -> Icon:
        return replace(self, box=self.box.moved(dx, dy))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A polyline with an arrow head at its end.

    Args:
        points: Horizontal and vertical pieces; of a curved one, many short pieces along it.
        curve: Control points of cubic Bezier curves, where it is a curved one: what is drawn.

    """

    points: tuple[tuple[float, float], ...]
    style: str
    curve: tuple[tuple[float, float], ...] = ()
    title: str = ""
    owner: str = ""
    source: str = ""
    target: str = ""
    label: str = ""
    arrow: bool = True
    change: Change = Change.SAME

    def moved(self, dx: float, dy: float) -> Line:
        points = tuple((x + dx, y + dy) for x, y in self.points)
        return replace(self, points=points, curve=tuple((x + dx, y + dy) for x, y in self.curve))


Shape = Text | Rect | Icon | Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture.

    Args:
        view: Its name.
        title: Its heading.
        about: One sentence for screen readers.
        width: In pixels.
        height: In pixels.
        shapes: What is drawn, the lowest first.
        messages: What could not be drawn as it should.
        model: Hash of the model, where the bytes alone cannot tell whether the picture is stale.

    """

    view: str
    title: str
    about: str
    width: float
    height: float
    shapes: Sequence[Shape]
    messages: tuple[str, ...] = ()
    model: str = ""

    def texts(self) -> list[Text]:
        return [one for one in self.shapes if isinstance(one, Text) and one.text]

    def lines(self) -> list[Line]:
        return [one for one in self.shapes if isinstance(one, Line)]

    def icons(self) -> list[Icon]:
        return [one for one in self.shapes if isinstance(one, Icon)]

    def rects(self) -> list[Rect]:
        return [one for one in self.shapes if isinstance(one, Rect)]


def said(
    x: float,
    y: float,
    text: str,
    *,
    room: float,
    size: float = 12,
    style: str = "t",
    anchor: str = "start",
    bold: bool = False,
    role: Role = Role.CAPTION,
    owner: str = "",
    title: str = "",
) -> Text:
    """A text in the room there is; where it does not fit, the whole of it becomes its title."""
    whole = metrics.clean(text)
    short = metrics.elide(whole, size, room, bold)
    full = title or (whole if short != whole else "")
    return Text(
        x=x, y=y, text=short, size=size, style=style, anchor=anchor, bold=bold, role=role, owner=owner, title=full
    )
