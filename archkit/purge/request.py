"""What is to be removed from a CDN, and what came of it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from archkit.errors import UserError

_PATH = re.compile(r"/[A-Za-z0-9_.~/@:+&=%-]*\*?")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")


@dataclass(frozen=True, kw_only=True)
class Purge:
    """A path, with `*` at its end for all below it, or a tag; the other one is empty."""

    path: str = ""
    tag: str = ""

    @classmethod
    def parse(cls, text: str) -> Purge:
        """What a user typed: with a slash in front it is a path, otherwise a tag.

        Raises:
            UserError: It is neither.

        """
        if text.startswith("/"):
            if _PATH.fullmatch(text):
                return cls(path=text)
            message = (
                f"purge/path: must consist of letters, digits and _ . ~ / @ : + & = % - with `*` at its end at most, "
                f"got {text!r}; query strings do not count, all answers of a path are removed"
            )
            raise UserError(message)
        if _TAG.fullmatch(text):
            return cls(tag=text)
        message = (
            f"purge: must be a path that begins with a slash or a tag of letters, digits and _ . : -, got {text!r}; "
            "tags are what answers name in their header Cache-Tag"
        )
        raise UserError(message)

    @property
    def text(self) -> str:
        """As the user typed it."""
        return self.path or self.tag


@dataclass(frozen=True, kw_only=True)
class Purged:
    """One place that no longer holds it.

    Args:
        component: The CDN.
        place: An edge location, `shield`, or the id of a distribution's invalidation.
        state: `purged`, or the target's own word.

    """

    component: str
    place: str
    state: str

    def document(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)
