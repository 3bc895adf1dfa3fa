"""Where a page ended, as a text that clients pass back and need not understand."""

from __future__ import annotations

import base64
import json
from typing import Any


def encoded(place: list[Any]) -> str:
    """The place as URL-safe text."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def decoded(text: str) -> list[Any] | None:
    """The place; None where the text is none of ours."""
    try:
        place = json.loads(base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, UnicodeError):
        return None
    return place if isinstance(place, list) else None
