"""Icons of our own, for servers of which the `diagrams` package has none: a coloured tile with a plain sign.

Also for what it draws in black alone (volumes, buckets): that is hardly seen on a dark ground. Each sign says what the
thing does and is nobody's logo. Coordinates are those of a tile of 64 by 64.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SIDE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One icon. Args: `colour` of the ground; `sign` in white, as the inside of an SVG group with strokes."""

    colour: str
    sign: str

    @property
    def markup(self) -> str:
        """What stands inside a `<symbol>` or an `<svg>` of 64 by 64."""
        return (
            f'<rect x="2" y="2" width="60" height="60" rx="10" fill="{self.colour}"/>'
            '<g fill="none" stroke="#ffffff" stroke-width="3.6" stroke-linecap="round" stroke-linejoin="round">'
            f"{self.sign}</g>"
        )


_MANY_TO_FEW = (  # a pool: many sessions in, few out
    '<path d="M10 16H20L34 32M10 48H20L34 32M10 32H53"/><path d="M45 24L54 32L45 40"/>'
)
_LAYERS = '<path d="M32 13L53 24L32 35L11 24Z"/><path d="M13 33L32 43L51 33"/><path d="M13 42L32 52L51 42"/>'
_WHEEL = (
    '<circle cx="32" cy="32" r="13"/><circle cx="32" cy="32" r="3.4" fill="#ffffff"/>'
    '<path d="M32 10V28M32 36V54M10 32H28M36 32H54M16.5 16.5L29 29M35 35L47.5 47.5M47.5 16.5L35 29M29 35L16.5 47.5"/>'
)
_EYE = '<path d="M9 32Q32 9 55 32Q32 55 9 32Z"/><circle cx="32" cy="32" r="6.5" fill="#ffffff"/>'
_KEY = (
    '<path d="M32 9L52 20.5V43.5L32 55L12 43.5V20.5Z"/><circle cx="32" cy="27" r="6"/>'
    '<path d="M32 33V46M32 40H38M32 46H37" stroke-width="3.2"/>'
)
_LENS = '<circle cx="28" cy="28" r="15"/><path d="M39 39L53 53M20 28H36M28 20V36" stroke-width="4"/>'
_BOX = '<path d="M11 18H53V28H11ZM15 28V52H49V28"/><path d="M32 33V46M26 40L32 46L38 40"/>'
_LETTER = '<path d="M10 18H54V46H10ZM10 18L32 36L54 18"/>'
_STEPS = '<path d="M12 50H24V38H36V26H48V14"/><path d="M41 20L48 13L55 20"/>'
_SAFE = (
    '<path d="M12 13H52V49H12ZM18 49V54M46 49V54"/><circle cx="32" cy="31" r="8"/>'
    '<path d="M32 23V31L37 35" stroke-width="3"/>'
)
_DISK = (
    '<ellipse cx="32" cy="18" rx="17" ry="6.5"/><path d="M15 18V46C15 49.6 22.6 52.5 32 52.5S49 49.6 49 46V18"/>'
    '<path d="M15 32C15 35.6 22.6 38.5 32 38.5S49 35.6 49 32" stroke-width="3.2"/>'
)
_BUCKET = (
    '<ellipse cx="32" cy="17" rx="18" ry="6"/><path d="M14 17L19.5 49C20 51.5 25 53.5 32 53.5S44 51.5 44.5 49L50 17"/>'
)
_FOLDER = '<path d="M11 16H27L32 22H53V49H11Z"/><path d="M11 30H53" stroke-width="3.2"/>'

TILES: Mapping[str, Tile] = {
    "docker/varnish": Tile(colour="#0b7f96", sign=_LAYERS),
    "docker/hitch": Tile(colour="#0b7f96", sign=_LAYERS),
    "docker/controller": Tile(colour="#44546a", sign=_WHEEL),
    "docker/pgbouncer": Tile(colour="#2f6792", sign=_MANY_TO_FEW),
    "docker/pgbackrest": Tile(colour="#3a7d1e", sign=_BOX),
    "docker/sftp": Tile(colour="#3a7d1e", sign=_SAFE),
    "docker/sentinel": Tile(colour="#4a3fb5", sign=_EYE),
    "docker/valkey": Tile(colour="#4a3fb5", sign=_KEY),
    "docker/opensearch": Tile(colour="#0a5c93", sign=_LENS),
    "docker/elasticsearch": Tile(colour="#0a5c93", sign=_LENS),
    "docker/mosquitto": Tile(colour="#7a3fa0", sign=_LETTER),
    "docker/redpanda": Tile(colour="#b5402a", sign=_LETTER),
    "docker/volume": Tile(colour="#5a6b7c", sign=_DISK),
    "docker/minio": Tile(colour="#a8324a", sign=_BUCKET),
    "kind/volume": Tile(colour="#5a6b7c", sign=_DISK),
    "kind/bucket": Tile(colour="#5a6b7c", sign=_BUCKET),
    "kind/file-system": Tile(colour="#5a6b7c", sign=_FOLDER),
    "docker/migration": Tile(colour="#2f6792", sign=_STEPS),
}
