"""What is kept: an answer with its tag, and until when it is fresh, stale, or gone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

FORMAT = "1"  # part of each key: an entry of another format is one that nobody finds


@dataclass(frozen=True, kw_only=True)
class Key:
    """What an entry is kept under.

    Args:
        name: `product:7`, `search:...`.
        tag: What it depends on; a write of that makes it invalid: `product:7`, `lists`.
        soft: An entry whose tag has changed is stale, not gone: one old answer, while a new one is fetched.

    """

    name: str
    tag: str
    soft: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An answer as clients get it.

    Args:
        status: 200, or 404: that nothing is there is an answer, too.
        body: JSON text.
        made_at: When it was fetched, in seconds since 1970.
        fresh_until: Until then it is given without a question.
        stale_until: Until then it is given while a new one is fetched.
        version: Of its tag when it was fetched; empty where nothing was written lately.

    """

    status: int
    body: str
    made_at: float
    fresh_until: float
    stale_until: float
    version: str = ""

    @property
    def etag(self) -> str:
        """Strong: equal for equal bytes only, whichever replica made them."""
        return f'"{hashlib.blake2b(self.body.encode(), digest_size=12).hexdigest()}"'

    def encoded(self) -> bytes:
        """As it lies in the cache."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def decoded(cls, raw: bytes | None) -> Entry | None:
        """The entry; None where there is none, or none that can be read."""
        if raw is None:
            return None
        try:
            return cls(**json.loads(raw))
        except (ValueError, TypeError):
            return None
