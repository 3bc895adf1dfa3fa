"""What every storage promises, whichever target runs it."""

import re
from abc import abstractmethod
from dataclasses import dataclass

from components.connect import Connectable
from components.errors import out_of_range, refuse, unless

MAX_AGE_SECONDS = 31_536_000  # a year: what RFC 9111 takes for "never goes stale"
_FOLDER = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_PREFIX = re.compile(r"/([A-Za-z0-9_-][A-Za-z0-9._-]*/)*")


@dataclass(frozen=True, kw_only=True)
class StorageArgs:
    """Files of a design, served read-only under a path.

    A file whose name holds the hash of its content (`app.3f9a1c2b.css`) never changes and is served as `immutable`.

    Args:
        folder: Folder of the files below `stacks/apps/`: `web/static`.
        prefix: Path under which they are served, with a slash at both ends: `/static/`.
        max_age_seconds: How long a client may keep a file whose name holds no hash, 0 to 31536000.

    Raises:
        InvalidArgsError: Every field out of range, one line each.

    """

    folder: str
    prefix: str = "/static/"
    max_age_seconds: int = 300

    def __post_init__(self) -> None:
        refuse(
            [
                unless(
                    _FOLDER.fullmatch(self.folder),
                    f"storage/folder: must be a folder below stacks/apps, such as 'web/static', got {self.folder!r}; "
                    "a design serves its own files only",
                ),
                unless(
                    _PREFIX.fullmatch(self.prefix),
                    f"storage/prefix: must be a path with a slash at both ends, such as '/static/', "
                    f"got {self.prefix!r}; the files are served under it",
                ),
                out_of_range(
                    "storage/max_age_seconds",
                    self.max_age_seconds,
                    0,
                    MAX_AGE_SECONDS,
                    "a year is the longest that a cache is asked to keep anything",
                ),
            ]
        )


class Storage(Connectable):
    """Files of a design, served read-only; `StorageArgs` says what it promises."""

    @property
    @abstractmethod
    def prefix(self) -> str:
        """The path under which the files are served: `/static/`."""
