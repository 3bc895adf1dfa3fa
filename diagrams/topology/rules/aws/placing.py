"""How sure a zone is, in words."""

from __future__ import annotations

CHOSEN = "zone chosen by AWS"
MAY = "may be in"


def joined(*parts: str) -> str:
    """Those that say something, in one line."""
    return " · ".join(part for part in parts if part)
