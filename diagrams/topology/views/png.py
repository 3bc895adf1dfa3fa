"""PNG from a picture with one fixed palette."""

from __future__ import annotations

from functools import cache

import resvg_py

from topology.theme import FONT

FAMILY = "Liberation Sans"
FAMILIES = f"{FAMILY}, Arial, Helvetica, DejaVu Sans, sans-serif"
NO_FONT = (
    "png: this machine has no font, so that the PNG pictures have no words; install the package fonts-liberation "
    "(apt install fonts-liberation) and run the command again"
)
_BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{}</svg>'


def rendered(svg: str, *, zoom: float = 1.5) -> bytes:
    """The PNG's bytes. Args: `svg` with a fixed palette (`Mode.LIGHT` or `Mode.DARK`); `zoom` pixels per unit."""
    plain = svg.replace(FONT, FAMILIES)
    return bytes(resvg_py.svg_to_bytes(svg_string=plain, zoom=zoom, font_family=FAMILY, sans_serif_family=FAMILY))


@cache
def has_font() -> bool:
    """Whether words appear at all: the converter leaves out, without a word, what it has no font for."""
    word = f'<text y="15" font-size="15" font-family="{FAMILIES}">W</text>'
    return rendered(_BLANK.format(word), zoom=1) != rendered(_BLANK.format(""), zoom=1)
