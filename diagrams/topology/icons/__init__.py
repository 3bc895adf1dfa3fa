"""Pictures of services, from the installed `diagrams` package; only those that are drawn are ever embedded.

For servers that it does not have there are tiles of our own; what neither has becomes a tile with letters, and a
message says so: never a blank.
"""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from topology.icons.aliases import ALIASES, KINDS
from topology.icons.tiles import SIDE, TILES
from topology.parts import Badge, Node

PIXELS = 88  # twice the size at which an icon is drawn, for dense screens
_OUTLINE = 0.72  # less of the tile painted than this: dark lines that need a light ground in dark mode
_UNSAFE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Art:
    """One icon.

    Args:
        id: Inside a picture.
        uri: All of it, as a data URI.
        outline: True where it needs a light plate on a dark ground.
        markup: SVG of 64 by 64.

    """

    id: str
    uri: str
    outline: bool
    markup: str


class Icons:
    """Finds icons for nodes and badges; `messages` says which were not found."""

    def __init__(self) -> None:
        self._missing: dict[str, str] = {}

    def of(self, node: Node) -> str:
        """The key of a node's icon: what the rule hinted, else its type's service, else its kind."""
        wanted = [node.icon, *_of_type(node.type)]
        for key in wanted:
            if key and _is_there(key):
                return key
        fallback = f"kind/{node.kind}"
        if _is_there(fallback) and node.kind != "unknown":
            return fallback
        key = next((one for one in wanted if one), fallback)
        if node.kind == "unknown" and node.type:
            return f"type/{node.type.rpartition(':')[2]}"
        if node.kind != "unknown":
            self._missing[key] = node.service or node.type or node.label
        return key

    def badge(self, badge: Badge) -> str:
        """The key of a badge's icon."""
        for key in (badge.icon, f"badge/{badge.kind}"):
            if key and _is_there(key):
                return key
        key = badge.icon or f"badge/{badge.kind}"
        self._missing[key] = badge.label or badge.kind
        return key

    def art(self, key: str) -> Art | None:
        """The icon itself; None where there is none: draw a tile with `initials` then."""
        if key in TILES:
            return _tile(key)
        path = path_of(key)
        return None if path is None else _load(str(path))

    def initials(self, key: str) -> str:
        """Letters for a neutral tile."""
        words = [word for word in re.split(r"[^A-Za-z0-9]+", key.rpartition("/")[2] or key) if word]
        if not words:
            return "?"
        return (words[0][:2] if len(words) == 1 else "".join(word[0] for word in words[:3])).upper()

    @property
    def messages(self) -> tuple[str, ...]:
        """One line for each icon that was asked for and not found."""
        if _root() is None:
            return ("icons: the package `diagrams` is not installed; every service is a tile with letters",)
        return tuple(
            f"icons/{key}: the installed `diagrams` package has none for {what!r}; drawn as a tile with letters"
            for key, what in sorted(self._missing.items())
        )


def _is_there(key: str) -> bool:
    return key in TILES or path_of(key) is not None


def _of_type(type_: str) -> tuple[str, ...]:
    package, _, rest = type_.partition(":")
    module, _, name = rest.partition(":")
    if not name:
        return ()
    service = module.partition("/")[0]
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
    return (f"{package}/{service}/{words}", f"{package}/{service}") if package == "aws" else ()


@lru_cache(maxsize=1)
def _root() -> Path | None:
    spec = find_spec("diagrams")
    if spec is None or not spec.origin:
        return None
    found = Path(spec.origin).resolve().parent.parent / "resources"
    return found if found.is_dir() else None


@lru_cache(maxsize=1)
def _index() -> dict[str, str]:
    root = _root()
    if root is None:
        return {}
    names: dict[str, str] = {}
    for provider in ("aws", "onprem"):
        for path in sorted((root / provider).glob("*/*.png")):
            names.setdefault(f"{provider}/{path.stem}", path.relative_to(root).as_posix())
    return names


@lru_cache(maxsize=1024)
def path_of(key: str) -> Path | None:
    """The file of an icon; None where the package has none."""
    root = _root()
    if root is None or not key:
        return None
    provider, _, rest = key.partition("/")
    found = KINDS.get(rest, "") if provider in ("kind", "badge") else _find(provider, rest)
    path = root / found if found else None
    return path if path is not None and path.is_file() else None


def _find(provider: str, rest: str) -> str:
    while rest:
        if alias := ALIASES.get(f"{provider}/{rest}"):
            return alias
        folder = "onprem" if provider == "docker" else provider
        name = rest.replace("/", "-")
        if found := _index().get(f"{folder}/{name}") or _index().get(f"{folder}/{rest.rpartition('/')[2]}"):
            return found
        rest = rest.rpartition("/")[0]
    return ""


@lru_cache(maxsize=256)
def _load(path: str) -> Art:
    with Image.open(path) as source:
        image = source.convert("RGBA")
    side = max(image.size)
    square = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    small = square.resize((PIXELS, PIXELS), Image.Resampling.LANCZOS)
    alpha = small.getchannel("A").histogram()
    painted = sum(alpha[128:]) / (PIXELS * PIXELS)
    colours = small.quantize(colors=128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    held = io.BytesIO()
    colours.save(held, format="PNG", optimize=True)
    png = held.getvalue()
    place = Path(path)
    uri = "data:image/png;base64," + base64.b64encode(png).decode()
    return Art(
        id=f"i-{_UNSAFE.sub('-', f'{place.parent.name}-{place.stem}'.lower())}",
        uri=uri,
        outline=painted < _OUTLINE,
        markup=f'<image width="64" height="64" href="{uri}"/>',
    )


@lru_cache(maxsize=64)
def _tile(key: str) -> Art:
    markup = TILES[key].markup
    whole = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">{markup}</svg>'
    return Art(
        id=f"i-tile-{_UNSAFE.sub('-', key.lower())}",
        uri="data:image/svg+xml;base64," + base64.b64encode(whole.encode()).decode(),
        outline=False,
        markup=markup,
    )
