"""PNG from a picture with one fixed palette."""

from __future__ import annotations

import resvg_py

from topology.theme import FONT

FAMILY = "Liberation Sans"


def rendered(svg: str, *, zoom: float = 1.5) -> bytes:
    """The PNG's bytes. Args: `svg` with a fixed palette (`Mode.LIGHT` or `Mode.DARK`); `zoom` pixels per unit."""
    plain = svg.replace(FONT, FAMILY)
    return bytes(resvg_py.svg_to_bytes(svg_string=plain, zoom=zoom, font_family=FAMILY, sans_serif_family=FAMILY))
