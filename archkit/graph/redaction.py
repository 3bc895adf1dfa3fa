"""Hides texts wherever they stand: in JSON, in URLs, in base64, and in the midst of others."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
import urllib.parse
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

SECRET = "[secret]"  # noqa: S105 - what stands where a secret was

# A shorter text stands in too much that is no secret.
SHORTEST = 4
# Below this only whole words count: "5432" is hidden in "db:5432", not in "15432".
_WORD = 8
# A run of base64, also inside other text: a file inside cloud-init's YAML.
ENCODED = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{16,}={0,2}(?![A-Za-z0-9+/=])")
_GZIP = b"\x1f\x8b"


class Redactor:
    """Knows texts that must not be seen, and hides them.

    Args:
        texts: The secrets; those below 4 characters are left out, they would hide half of everything.

    """

    def __init__(self, texts: Iterable[str]) -> None:
        variants = {variant for text in texts if len(text) >= SHORTEST for variant in _variants(text)}
        patterns = [
            re.escape(text) if len(text) >= _WORD else rf"(?<!\w){re.escape(text)}(?!\w)"
            for text in sorted(variants, key=lambda text: (-len(text), text))
        ]
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    def hide(self, value: Any) -> Any:
        """The value with `[secret]` in place of every secret in its texts and keys."""
        if self._pattern is None:
            return value
        if isinstance(value, Mapping):
            return {self.hide(key): self.hide(item) for key, item in value.items()}  # pyright: ignore
        if isinstance(value, list):
            return [self.hide(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        return self._text(value, self._pattern) if isinstance(value, str) else value

    def _text(self, text: str, pattern: re.Pattern[str]) -> str:
        def encoded(match: re.Match[str]) -> str:
            inner = decoded(match[0])
            return match[0] if inner is None or self._text(inner, pattern) == inner else SECRET

        return ENCODED.sub(encoded, pattern.sub(SECRET, text))


def decoded(text: str) -> str | None:
    """The text inside base64 (user data, also compressed); None where it is none."""
    try:
        raw = base64.b64decode(text, validate=True)
        return (gzip.decompress(raw) if raw.startswith(_GZIP) else raw).decode()
    except (binascii.Error, UnicodeDecodeError, OSError, EOFError, zlib.error):
        return None


def _variants(text: str) -> set[str]:
    """A text as it looks inside JSON, a URL and base64."""
    return {
        text,
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        urllib.parse.quote(text, safe=""),
        urllib.parse.quote_plus(text),
        base64.b64encode(text.encode()).decode(),
    }
