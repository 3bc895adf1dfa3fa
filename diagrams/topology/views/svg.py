"""A scene as one self-contained SVG document."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import hypot

from topology import theme
from topology.icons import Icons
from topology.kinds import Change
from topology.theme import Mode
from topology.views.metrics import clean, number
from topology.views.scene import ARROW, Icon, Line, Rect, Role, Scene, Shape, Text


def document(scene: Scene, icons: Icons, mode: Mode = Mode.AUTO, *, prefix: str = "", embed: bool = True) -> str:
    """The SVG's text.

    Args:
        scene: What to draw.
        icons: Where the pictures of services come from.
        mode: `auto` for a reader's own preference, else one fixed palette.
        prefix: Set before each id, where several pictures share one page.
        embed: False where the page holds the style sheet and the symbols already.

    """
    size = f"{number(scene.width)} {number(scene.height)}"
    heading = f"{prefix}{scene.view}"
    model = f' data-model="{scene.model}"' if scene.model else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{number(scene.width)}" '
        f'height="{number(scene.height)}" role="img" aria-labelledby="{heading}-title {heading}-about"{model}>',
        f'<title id="{heading}-title">{_safe(scene.title)}</title>',
        f'<desc id="{heading}-about">{_safe(scene.about)}</desc>',
    ]
    if embed:
        parts += [f"<style>{theme.sheet(mode)}</style>", f"<defs>{symbols(used_icons([scene]), icons)}</defs>"]
    parts.append(f'<rect class="bg" width="{number(scene.width)}" height="{number(scene.height)}"/>')
    parts += [shape_of(one, icons, prefix) for one in scene.shapes]
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def used_icons(scenes: Sequence[Scene]) -> list[str]:
    """Keys of the icons that the scenes draw, sorted."""
    return sorted({icon.key for scene in scenes for icon in scene.icons()})


def symbols(keys: Sequence[str], icons: Icons) -> str:
    """One `<symbol>` for each icon, however often it is drawn."""
    found: list[str] = []
    for key in keys:
        art = icons.art(key)
        if art is not None:
            found.append(f'<symbol id="{art.id}" viewBox="0 0 64 64">{art.markup}</symbol>')
    return "".join(found)


def shape_of(shape: Shape, icons: Icons, prefix: str) -> str:
    """One shape's markup."""
    match shape:
        case Text():
            return _text(shape)
        case Rect():
            return _rect(shape, prefix)
        case Icon():
            return _icon(shape, icons)
        case Line():
            return _line(shape, prefix)


def _text(text: Text) -> str:
    if not text.text:
        return ""
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    weight = ' font-weight="700"' if text.bold else ""
    place = f'x="{number(text.x)}" y="{number(text.y)}" font-size="{number(text.size)}"{anchor}{weight}'
    inside = f"{_title(text.title)}{_safe(text.text)}"
    main = f'<text class="{text.style}" {place}>{inside}</text>'
    if text.role is Role.LABEL:
        return f'<text class="halo" {place} aria-hidden="true">{_safe(text.text)}</text>{main}'
    return main


def _rect(rect: Rect, prefix: str) -> str:
    box = rect.box
    shape = (
        f'x="{number(box.x)}" y="{number(box.y)}" width="{number(box.w)}" height="{number(box.h)}" '
        f'rx="{number(rect.radius)}"'
    )
    owner = f' data-id="{_safe(rect.owner)}"' if rect.owner and rect.solid else ""
    if not rect.title:
        return f'<rect class="{rect.style}" {shape}{owner}/>'
    return f'<g{owner}>{_title(rect.title)}<rect class="{rect.style}" {shape}/></g>'


def _icon(icon: Icon, icons: Icons) -> str:
    box = icon.box
    art = icons.art(icon.key)
    owner = f' data-id="{_safe(icon.owner)}"' if icon.owner else ""
    place = f'x="{number(box.x)}" y="{number(box.y)}" width="{number(box.w)}" height="{number(box.h)}"'
    if art is None:
        size = min(box.w / 3.2, 12)
        return (
            f'<g{owner}>{_title(icon.title)}<rect class="neutral" {place} rx="6"/>'
            f'<text class="t2" x="{number(box.cx)}" y="{number(box.cy + size * 0.36)}" font-size="{number(size)}" '
            f'text-anchor="middle" font-weight="700">{_safe(icons.initials(icon.key))}</text></g>'
        )
    plate = f'<rect class="plate" {place} rx="6"/>' if art.outline else ""
    return f'<g{owner}>{_title(icon.title)}{plate}<use href="#{art.id}" {place}/></g>'


def _line(line: Line, prefix: str) -> str:
    style = line.style if line.change is Change.SAME else f"{line.style} c-{line.change}"
    points = line.points
    head = ""
    if line.arrow:
        points, head = _arrow(points, style)
    path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
    if line.curve:
        first, *rest = (*line.curve[:-1], points[-1])
        path = "M" + "C".join((_pair(first), " ".join(map(_pair, rest))))
    owner = f' data-id="{_safe(line.owner)}"' if line.owner else ""
    return f'<g{owner}>{_title(line.title)}<path class="e {style}" d="{path}"/>{head}</g>'


def _pair(point: tuple[float, float]) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _arrow(points: tuple[tuple[float, float], ...], style: str) -> tuple[tuple[tuple[float, float], ...], str]:
    (ax, ay), (bx, by) = points[-2], points[-1]
    length = max(hypot(bx - ax, by - ay), 0.001)
    dx, dy = (bx - ax) / length, (by - ay) / length
    back = (bx - dx * ARROW, by - dy * ARROW)
    half = ARROW * 0.45
    wings = [(back[0] - dy * half, back[1] + dx * half), (back[0] + dy * half, back[1] - dx * half)]
    corners = " ".join(f"{number(x)},{number(y)}" for x, y in [(bx, by), *wings])
    return (*points[:-1], back), f'<polygon class="{style} a" points="{corners}"/>'


def _title(text: str) -> str:
    return f"<title>{_safe(text)}</title>" if text else ""


def _safe(text: str) -> str:
    return escape("\n".join(clean(line) for line in text.split("\n")), quote=True)
