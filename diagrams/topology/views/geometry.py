"""What is wrong with a picture's layout, judged from its geometry alone; empty for a good one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from topology.views.scene import Box, Icon, Line, Rect, Role, Scene, Text

A = TypeVar("A", Text, Icon, Rect)
B = TypeVar("B", Text, Icon, Rect)
SLACK = 1.0  # pixels that may touch


def faults(scene: Scene) -> list[str]:
    """One sentence for each overlap, crossing or thing outside of the page."""
    texts, icons, lines = scene.texts(), scene.icons(), scene.lines()
    solids = [one for one in scene.rects() if one.solid]
    return [
        *_outside(scene),
        *(f"texts overlap: {one.text!r} and {other.text!r}" for one, other in _pairs(texts, texts)),
        *(f"text {one.text!r} lies on the icon {other.title[:40]!r}" for one, other in _pairs(texts, icons)),
        *(f"icons overlap: {one.title[:40]!r} and {other.title[:40]!r}" for one, other in _pairs(icons, icons)),
        *(
            f"cards overlap: {one.owner} and {other.owner}"
            for one, other in _pairs(solids, solids)
            if one.owner != other.owner
        ),
        *(f"label {one.text!r} lies on {other.owner}" for one, other in _pairs(_labels(texts), solids)),
        *_crossed(lines, texts, icons, solids),
        *_together(lines),
    ]


def on_borders(scene: Scene) -> list[str]:
    """One sentence for each arrow's label that a frame's border runs through."""
    frames = [one for one in scene.rects() if one.style.startswith("f-")]
    return [
        f"label {label.text!r} lies on the border of {frame.title!r}"
        for label in scene.texts()
        if label.role is Role.LABEL
        for frame in frames
        if any(label.box.overlaps(strip, SLACK) for strip in _strips(frame.box))
    ]


def overflows(scene: Scene) -> list[str]:
    """One sentence for each text that its own box, or the box that it is the heading of, does not hold."""
    found: list[str] = []
    for text in scene.texts():
        box = _around(scene, text)
        if box is not None and not _holds(box, text.box):
            found.append(f"text {text.text!r} runs out of its box")
    return found


def _around(scene: Scene, text: Text) -> Box | None:
    """The card of a text's owner; for a heading the smallest frame in which it begins."""
    if text.role is Role.LABEL:
        return None
    cards = [one.box for one in scene.rects() if one.solid and text.owner and one.owner == text.owner]
    if text.role is Role.HEADING and not cards:
        start = (text.box.x + 1, (text.box.y + text.box.bottom) / 2)
        cards = [
            one.box
            for one in scene.rects()
            if one.style[:2] in ("f-", "g-")
            and one.box.x <= start[0] <= one.box.right
            and one.box.y <= start[1] <= one.box.bottom
        ]
    return min(cards, key=lambda one: one.w * one.h, default=None)


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer.x - SLACK <= inner.x
        and inner.right <= outer.right + SLACK
        and outer.y - SLACK <= inner.y
        and inner.bottom <= outer.bottom + SLACK
    )


def _strips(box: Box) -> tuple[Box, ...]:
    """A border as four thin boxes."""
    return (
        Box(box.x - 1, box.y, 2, box.h),
        Box(box.right - 1, box.y, 2, box.h),
        Box(box.x, box.y - 1, box.w, 2),
        Box(box.x, box.bottom - 1, box.w, 2),
    )


def _labels(texts: list[Text]) -> list[Text]:
    return [one for one in texts if one.role in (Role.LABEL, Role.HEADING)]


def _pairs(first: Sequence[A], second: Sequence[B]) -> Iterator[tuple[A, B]]:
    ordered = sorted(second, key=lambda one: one.box.y)
    for one in first:
        for other in ordered:
            if other.box.y >= one.box.bottom:
                break
            if one is other or (first is second and id(one) > id(other)):
                continue
            if one.box.overlaps(other.box, SLACK):
                yield one, other


def _outside(scene: Scene) -> Iterator[str]:
    page = Box(0, 0, scene.width, scene.height)
    for shape in scene.shapes:
        if isinstance(shape, Line):
            inside = all(0 <= x <= page.w and 0 <= y <= page.h for x, y in shape.points)
        else:
            box = shape.box
            inside = box.x >= 0 and box.y >= 0 and box.right <= page.w + SLACK and box.bottom <= page.h + SLACK
        if not inside:
            name = shape.text if isinstance(shape, Text) else shape.owner or shape.title
            yield f"outside the page: {type(shape).__name__} {name!r}"


def _crossed(lines: list[Line], texts: list[Text], icons: list[Icon], solids: list[Rect]) -> Iterator[str]:
    for line in lines:
        for piece in pieces(line):
            for text in texts:
                if piece.overlaps(text.box):
                    yield f"the line {line.owner or line.style} crosses the text {text.text!r}"
            for icon in icons:
                if piece.overlaps(icon.box):
                    yield f"the line {line.owner or line.style} crosses the icon {icon.title[:40]!r}"
            for solid in solids:
                if piece.overlaps(solid.box, SLACK):
                    yield f"the line {line.owner or line.style} runs into {solid.owner}"


def _together(lines: list[Line]) -> Iterator[str]:
    """Lines that lie on one another, unless they leave one thing or join at one."""
    flat: list[tuple[Line, Box]] = [(line, piece) for line in lines if not line.curve for piece in pieces(line)]
    flat.sort(key=lambda one: one[1].y)
    for place, (line, piece) in enumerate(flat):
        for other, second in flat[place + 1 :]:
            if second.y >= piece.bottom:
                break
            joined = line.style == other.style and (line.target == other.target or line.source == other.source)
            if line is other or joined:
                continue
            along = (piece.w > piece.h) == (second.w > second.h)
            if along and piece.overlaps(second) and max(piece.w, piece.h) > 2 and max(second.w, second.h) > 2:
                yield f"the lines {line.owner} and {other.owner} lie on each other"


def pieces(line: Line) -> list[Box]:
    """A line's straight pieces as thin boxes."""
    found: list[Box] = []
    for (ax, ay), (bx, by) in zip(line.points, line.points[1:], strict=False):
        if (ax, ay) != (bx, by):
            found.append(Box(min(ax, bx) - 0.5, min(ay, by) - 0.5, abs(ax - bx) + 1, abs(ay - by) + 1))
    return found
