"""In which order the rules of a listener are tried: pure arithmetic, so that one more route renumbers no other."""

import re
import zlib
from collections.abc import Iterator, Sequence

from components.errors import unless

# Elastic Load Balancing: "Path conditions" (128 characters, these ones), CreateRule (priority 1 to 50000), quotas.
MAX_PATH = 128
MAX_RULES = 100
_ALLOWED = re.compile(r"""[A-Za-z0-9_\-.$/~"'@:+&*]*""")
_BANDS = 2 * (MAX_PATH + 1)  # for each length of a path: the path itself before the paths that begin with it
_ROOM = 50_000 // _BANDS  # rules that share a band cannot both match, so their order does not matter


def priorities(paths: Sequence[str]) -> dict[str, int]:
    """The priority of each path: the longest that fits wins, an exact one before a wildcard of the same length.

    Two rules may not have one number, and a listener changes its rules one after the other: numbers by position would
    collide on the way. So a number follows from the path itself; only where two paths of one length get the same does
    the later in the alphabet take the next free one.
    """
    taken: dict[int, str] = {}
    for path in sorted(paths):
        literal, wildcard = path.removesuffix("*"), path.endswith("*")
        band = 2 * (MAX_PATH - len(literal)) + wildcard
        start = zlib.crc32(path.encode()) % _ROOM
        free = (1 + band * _ROOM + (start + step) % _ROOM for step in range(_ROOM))
        taken[next(number for number in free if number not in taken)] = path
    return {path: number for number, path in sorted(taken.items())}


def path_problems(name: str, paths: Sequence[str]) -> Iterator[str | None]:
    """What a listener's rules cannot say."""
    for path in paths:
        where = f"load_balancer/{name}/routes/{path}"
        yield unless(
            len(path) <= MAX_PATH,
            f"{where}: must have at most {MAX_PATH} characters on aws, got {len(path)}; "
            "no condition of a listener's rule is longer",
        )
        yield unless(
            _ALLOWED.fullmatch(path),
            f"{where}: must be letters, digits and _-.$/~\"'@:+& on aws, got {path!r}; "
            "a listener's rule knows no other, and reads ? as any character",
        )
    yield unless(
        len(paths) <= MAX_RULES,
        f"load_balancer/{name}/routes: must be at most {MAX_RULES} on aws, got {len(paths)}; "
        "a load balancer has no more rules unless AWS raises its quota",
    )
