"""Small static SVG: step areas, lines and event lanes over one time axis; colours come from the page's CSS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH = 960
LEFT, RIGHT, TOP, BOTTOM = 64, 14, 20, 22
MINUS = "\u2212"
TICK_WIDTH = 48  # of the longest time below the axis
LABEL_WIDTH = 74  # of the longest mark label, so that two of them do not overlap
Point = tuple[float, float | None]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A vertical line through every plot: the fault, the healing.

    Args:
        at: On the time axis.
        text: Beside it.
        css: Class of line and text.

    """

    at: float
    text: str
    css: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One curve: points in order of time; a None interrupts it."""

    name: str
    css: str
    points: Sequence[Point]


@dataclass(frozen=True, kw_only=True)
class Time:
    """The time axis that all plots of a page share.

    Args:
        first: Its begin, in seconds; the fault is at 0 where there is one.
        last: Its end.
        marks: At most two, in order of time; the span between them is shaded.

    """

    first: float
    last: float
    marks: tuple[Mark, ...] = ()

    def x(self, at: float) -> float:
        """Pixels from the left."""
        span = max(self.last - self.first, 1e-9)
        return LEFT + (min(max(at, self.first), self.last) - self.first) / span * (WIDTH - LEFT - RIGHT)


def stacked(time: Time, layers: Sequence[Line], *, height: int, unit: str, label: str) -> str:
    """Layers on top of each other, as steps: how much of each there was in each stretch of time."""
    count = len(layers[0].points) if layers else 0
    base = [0.0] * count
    tops = [sum(layer.points[index][1] or 0.0 for layer in layers) for index in range(count)]
    ticks = linear_ticks(max(tops, default=1.0) or 1.0)
    body: list[str] = []
    for layer in layers:
        top = [low + (point[1] or 0.0) for low, point in zip(base, layer.points, strict=True)]
        edges = [point[0] for point in layer.points]
        edges.append(2 * edges[-1] - edges[-2] if count > 1 else time.last)
        path = _steps(time, edges, top, base, height=height, highest=ticks[-1])
        if path:
            body.append(f'<path class="area {layer.css}" d="{path}"><title>{escape(layer.name)}</title></path>')
        base = top
    marks = [(tick, f"{tick:g}") for tick in ticks]
    at_y = [(_linear(tick, ticks[-1], height), text) for tick, text in marks]
    return _plot(time, body, at_y, height=height, unit=unit, label=label)


def lines(time: Time, curves: Sequence[Line], *, height: int, unit: str, label: str) -> str:
    """Curves over a logarithmic axis; what is below its least value lies on it."""
    values = [value for curve in curves for _, value in curve.points if value is not None and value > 0]
    low = floor(log10(min(values))) if values else 0
    high = max(ceil(log10(max(values))) if values else 1, low + 1)

    def y(value: float) -> float:
        part = (log10(max(value, 10**low)) - low) / (high - low)
        return TOP + (1 - part) * (height - TOP - BOTTOM)

    body = [
        f'<path class="line {curve.css}" d="{path}"><title>{escape(curve.name)}</title></path>'
        for curve in curves
        if (path := _curve(time, curve.points, y))
    ]
    ticks = [(y(10**power), f"{10**power:g}") for power in range(low, high + 1)]
    return _plot(time, body, ticks, height=height, unit=unit, label=label)


def lanes(time: Time, rows: Sequence[tuple[str, Sequence[tuple[float, str, str]]]], *, label: str) -> str:
    """One lane of dots for each source of events: (time, text, class); the text shows under the pointer."""
    step = 26
    height = TOP + step * len(rows) + BOTTOM
    body: list[str] = []
    for index, (name, events) in enumerate(rows):
        y = TOP + step * (index + 0.5)
        body.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        body.append(f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(name)}</text>')
        for at, text, css in events:
            title = f"<title>{escape(signed(at))}: {escape(text)}</title>"
            body.append(f'<circle class="dot {css}" cx="{time.x(at):.1f}" cy="{y:.1f}" r="4.5">{title}</circle>')
    return _plot(time, body, [], height=height, unit="", label=label)


def linear_ticks(highest: float) -> list[float]:
    """Round values from 0 to just above `highest`: at most six."""
    step = 10 ** floor(log10(highest / 5))
    step *= next(factor for factor in (1, 2, 2.5, 5, 10) if highest / (step * factor) <= 5)
    return [step * index for index in range(ceil(highest / step - 1e-9) + 1)]


def time_ticks(first: float, last: float) -> list[float]:
    """Round times between both, 0 among them where it is inside: at most about ten."""
    span = max(last - first, 1e-9)
    step = next((one for one in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600) if span / one <= 10), 1800)
    return [round(step * index, 6) for index in range(ceil(first / step - 1e-9), floor(last / step + 1e-9) + 1)]


def signed(at: float) -> str:
    """A time relative to the fault: `+1.5 s`, `0`, with a real minus sign before the fault."""
    if abs(at) < 0.0005:
        return "0"
    return f"{'+' if at > 0 else MINUS}{round(abs(at), 2):g} s"


def _linear(value: float, highest: float, height: int) -> float:
    return TOP + (1 - value / highest) * (height - TOP - BOTTOM)


def _steps(
    time: Time, edges: Sequence[float], top: Sequence[float], base: Sequence[float], *, height: int, highest: float
) -> str:
    if not any(high > low for high, low in zip(top, base, strict=True)):
        return ""
    there: list[str] = []
    back: list[str] = []
    for index, (high, low) in enumerate(zip(top, base, strict=True)):
        left, right = time.x(edges[index]), time.x(edges[index + 1])
        above, below = _linear(high, highest, height), _linear(low, highest, height)
        there.append(f"{left:.1f} {above:.1f}L{right:.1f} {above:.1f}")
        back.append(f"{right:.1f} {below:.1f}L{left:.1f} {below:.1f}")
    return f"M{'L'.join(there)}L{'L'.join(reversed(back))}Z"


def _curve(time: Time, points: Sequence[Point], y: Callable[[float], float]) -> str:
    parts: list[str] = []
    pen = "M"
    for index, (at, value) in enumerate(points):
        if value is None:
            pen = "M"
            continue
        alone = pen == "M" and (index + 1 == len(points) or points[index + 1][1] is None)
        parts.append(f"{pen}{time.x(at):.1f} {y(value):.1f}" + ("h1.5" if alone else ""))
        pen = "L"
    return "".join(parts)


def _plot(
    time: Time, body: Sequence[str], ticks: Sequence[tuple[float, str]], *, height: int, unit: str, label: str
) -> str:
    floor_y = height - BOTTOM
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">']
    if len(time.marks) > 1:
        left, right = time.x(time.marks[0].at), time.x(time.marks[-1].at)
        width, tall = right - left, floor_y - TOP
        parts.append(f'<rect class="fault-span" x="{left:.1f}" y="{TOP}" width="{width:.1f}" height="{tall}"/>')
    for y, text in ticks:
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    if unit:
        parts.append(f'<text class="unit" x="{LEFT}" y="12">{escape(unit)}</text>')
    parts += body
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{floor_y}" y2="{floor_y}"/>')
    for at in time_ticks(time.first, time.last):
        x = time.x(at)
        parts.append(f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{floor_y}" y2="{floor_y + 4}"/>')
        # In the middle below its tick, unless the picture ends before the words do.
        edge = WIDTH - x < TICK_WIDTH / 2
        where = f'x="{WIDTH - 1 if edge else x:.1f}" y="{floor_y + 16}" text-anchor="{"end" if edge else "middle"}"'
        parts.append(f'<text class="tick" {where}>{signed(at)}</text>')
    parts += _marks(time, floor_y)
    return "".join(parts) + "</svg>"


def _marks(time: Time, floor_y: int) -> list[str]:
    """The lines, and their labels at the outer side of each, so that they never meet."""
    parts: list[str] = []
    taken = -LABEL_WIDTH
    for index, mark in enumerate(time.marks):
        x = time.x(mark.at)
        leftwards = x + LABEL_WIDTH > WIDTH - RIGHT or (index == 0 < len(time.marks) - 1 and x > LEFT + 2 * LABEL_WIDTH)
        anchor, begin = ("end", x - 5 - LABEL_WIDTH) if leftwards else ("start", x + 5)
        y = 13 if begin >= taken else 27
        taken = begin + LABEL_WIDTH
        parts.append(f'<line class="mark {mark.css}" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{floor_y}"/>')
        parts.append(
            f'<text class="mark-text {mark.css}" x="{x - 5 if leftwards else x + 5:.1f}" y="{y}" '
            f'text-anchor="{anchor}">{escape(mark.text)}</text>'
        )
    return parts
