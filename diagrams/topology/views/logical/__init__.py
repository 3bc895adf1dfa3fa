"""The logical view: parts and flows from left to right, laid out by Graphviz through the `diagrams` package.

Its bytes differ by Graphviz's version and fonts, so a check compares the hash of the model that the file carries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

import graphviz

from topology import theme
from topology.icons import Icons, path_of
from topology.model import Model
from topology.theme import CHANGES, EDGES, Mode
from topology.views import furniture
from topology.views.logical.graphviz_source import LIMIT, MUTED, PAPER, TEXT, source
from topology.views.metrics import clean, number
from topology.views.scene import Shape
from topology.views.summary import summarise
from topology.views.svg import shape_of, symbols

MISSING = (
    "logical: Graphviz's program `dot` was not found, so this view was left out; install the package `graphviz` "
    "(apt install graphviz, brew install graphviz, winget install Graphviz.Graphviz) and run the command again"
)
ICON = 50.0
_DARK = {
    TEXT: "#e6edf3",
    MUTED: "#a3b1be",
    PAPER: "#0f151b",
    "#edf6e6": "#17271a",
    "#e7f1fa": "#14243a",
    "#f6f8fa": "#161d25",
    "#8c4fe0": "#9d6ae8",
    "#0b7285": "#2f9dac",
    "#2b77d0": "#4f94e0",
    "#aeb6be": "#4b5a68",
    "#e3e8ed": "#33404c",
}
_IMAGE = re.compile(
    r'<image xlink:href="([^"]*)" width="([\d.]+)(?:px|pt)?" height="([\d.]+)(?:px|pt)?" '
    r'preserveAspectRatio="[^"]*" x="([-\d.]+)" y="([-\d.]+)"/>'
)
_GROUP = re.compile(r'<g id="([^"]+)" class="(node|edge|cluster)">\s*<title>[^<]*</title>')
_SVG = re.compile(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"\s+viewBox="[^"]*"[^>]*>(.*)</svg>', re.S)


class MissingGraphvizError(Exception):
    """Graphviz is not installed."""


def document(model: Model, icons: Icons, mode: Mode = Mode.AUTO, *, embed: bool = True) -> str:
    """The view as SVG. Raises: MissingGraphvizError where there is no `dot`."""
    small = summarise(model, LIMIT).model
    try:
        drawn = graphviz.Source(source(model, icons)).pipe(format="svg", encoding="utf-8", quiet=True)
    except (graphviz.ExecutableNotFound, FileNotFoundError) as error:
        raise MissingGraphvizError(MISSING) from error
    match = _SVG.search(drawn)
    if match is None:
        raise MissingGraphvizError(MISSING)
    wide, high, inner = float(match[1]), float(match[2]), match[3]
    keys = {str(path_of(key)): key for node in small.nodes for key in (icons.of(node),) if path_of(key)}
    inner = _GROUP.sub(lambda found: _titled(found, small), re.sub(r"<!--.*?-->", "", inner, flags=re.S))
    inner = _IMAGE.sub(lambda found: _image(found, keys, icons), inner)
    width = max(wide + 48, 620.0)
    shapes, height = furniture.foot(model, small.edges, high + 64, width)
    around: list[Shape] = [*furniture.title(model, "logical", width), *shapes]
    head = f"{model.title}: logical"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {number(width)} {number(height)}" width="{number(width)}" height="{number(height)}" '
        f'role="img" aria-labelledby="logical-title" data-model="{model.hash}">',
        f'<title id="logical-title">{escape(clean(head))}</title>',
        f"<style>{(theme.sheet(mode) if embed else '') + dark_sheet(mode)}</style>",
    ]
    if embed:
        parts.append(f"<defs>{symbols(sorted(set(keys.values())), icons)}</defs>")
    parts.append(f'<rect class="bg" width="{number(width)}" height="{number(height)}"/>')
    parts += [shape_of(one, icons, "") for one in around]
    parts.append(f'<g class="dot" transform="translate({number((width - wide) / 2)} 56)">{inner.strip()}</g>')
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def dark_sheet(mode: Mode) -> str:
    """Graphviz writes colours as attributes; style rules turn them into dark ones."""
    colours = dict(_DARK)
    colours |= {style.light: style.dark for style in (*EDGES.values(), *CHANGES.values())}
    rules = "".join(
        f'.dot [{what}="{light}"]{{{what}:{dark}}}' for light, dark in colours.items() for what in ("fill", "stroke")
    )
    if mode is Mode.LIGHT:
        return ""
    return rules if mode is Mode.DARK else f"@media (prefers-color-scheme:dark){{{rules}}}"


def _titled(found: re.Match[str], model: Model) -> str:
    id_, what = found[1], found[2]
    text = id_
    if what == "edge" and id_ in model.edge:
        text = furniture.evidence(model, model.edge[id_])
    elif id_ in model.node:
        node = model.node[id_]
        text = " · ".join(part for part in (node.service, node.label, *node.details) if part)
    elif id_ in model.container:
        text = model.container[id_].label
    safe = escape("\n".join(clean(line) for line in text.split("\n")))
    return f'<g class="{what}" data-id="{escape(id_)}"><title>{safe}</title>'


def _image(found: re.Match[str], keys: Mapping[str, str], icons: Icons) -> str:
    art = icons.art(keys.get(found[1], ""))
    if art is None:
        return ""
    left = float(found[4]) + (float(found[2]) - ICON) / 2
    place = f'x="{number(left)}" y="{number(float(found[5]) + 2)}" width="{number(ICON)}" height="{number(ICON)}"'
    plate = f'<rect class="plate" {place} rx="6"/>' if art.outline else ""
    return f'{plate}<use href="#{art.id}" {place}/>'
