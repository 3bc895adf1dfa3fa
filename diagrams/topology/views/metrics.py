"""How wide a text is, without asking the machine: pictures must be the same bytes wherever they are drawn.

Advance widths of Liberation Sans, which is metric-compatible with Arial and Helvetica (thousandths of an em).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_FIRST = 32
_REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
)  # fmt: skip
_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
    556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
    280, 389, 584,
)  # fmt: skip
_OTHER = {"\u00b7": 333, "\u00d7": 584, "\u2013": 556}
_LETTER = 800  # Cyrillic, Hebrew and Arabic stay below it
_WIDE = 1000
ELLIPSIS = "\u2026"
# Format characters that would turn the text around them (bidi overrides, isolates) or hide in it.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def number(value: float) -> str:
    """A coordinate: at most one decimal, no minus zero; the one way that numbers reach a picture."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """One line without characters that XML forbids or that change the direction of what follows."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(" " if one in "\t\n\r" else one for one in text)
    return " ".join("".join(one for one in kept if unicodedata.category(one) not in _HIDDEN).split())


@lru_cache(maxsize=16384)
def width(text: str, size: float, bold: bool = False) -> float:
    """Width of a text in pixels."""
    table = _BOLD if bold else _REGULAR
    total = 0
    for one in text:
        place = ord(one) - _FIRST
        if 0 <= place < len(table):
            total += table[place]
        elif one in _OTHER:
            total += _OTHER[one]
        elif unicodedata.combining(one):
            continue
        elif unicodedata.east_asian_width(one) in "WF":
            total += _WIDE
        elif "\u00c0" <= one <= "\u024f":
            base = ord(unicodedata.normalize("NFKD", one)[0]) - _FIRST
            total += table[base] if 0 <= base < len(table) else _LETTER
        else:
            total += _LETTER if unicodedata.category(one).startswith("L") else _WIDE
    return total * size / 1000


@lru_cache(maxsize=16384)
def elide(text: str, size: float, room: float, bold: bool = False) -> str:
    """The text, or as much of its beginning and end as the room takes: `orders-primary…-eu-west-1`."""
    if width(text, size, bold) <= room:
        return text
    room -= width(ELLIPSIS, size, bold)
    low, high = 0, min(len(text), 400)
    while low < high:
        middle = (low + high + 1) // 2
        if width(_ends(text, middle), size, bold) <= room:
            low = middle
        else:
            high = middle - 1
    head = low - low // 3
    return text[:head].rstrip() + ELLIPSIS + (text[-(low // 3) :].lstrip() if low // 3 else "")


def _ends(text: str, count: int) -> str:
    tail = count // 3
    return text[: count - tail] + (text[-tail:] if tail else "")


def wrap(text: str, size: float, room: float, lines: int, bold: bool = False) -> tuple[str, ...]:
    """At most so many lines, broken after commas, else at spaces, else in `a-b`, `a:b`, `aB`; the rest is elided."""
    found: list[str] = []
    rest = text
    while rest and len(found) < lines - 1 and width(rest, size, bold) > room:
        cut = _cut(rest, size, room, bold)
        if not cut:
            break
        found.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return tuple(found) + ((elide(rest, size, room, bold),) if rest else ())


def _cut(text: str, size: float, room: float, bold: bool) -> int:
    at_comma = at_space = at_mark = at_hump = 0
    for place in range(1, min(len(text), 200)):
        if width(text[:place].rstrip(), size, bold) > room:
            break
        if text[place] == " " and text[place - 1] != "\u00d7" and text[place + 1 : place + 2] != "\u00d7":
            at_space = place
            at_comma = place if text[place - 1] == "," else at_comma
        elif text[place - 1] in "-./:_,":
            at_mark = place
        elif text[place].isupper() and text[place - 1].islower():
            at_hump = place
    return at_comma or at_space or at_mark or at_hump
