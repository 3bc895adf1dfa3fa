"""Answers as HTTP: validators and lifetimes for the layers above, marks for stale ones, problems as RFC 9457 says."""

from __future__ import annotations

import json
import math
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from catalogue.caching import Answer, Outcome

RETRY_AFTER_SECONDS = 2  # a primary that was killed is replaced within 3 s (drill primary-killed)
NO_STORE = {"cache-control": "no-store"}
STALE_IF_ERROR_SECONDS = 600


def cached(request: Request, answer: Answer, *, client_seconds: int) -> Response:
    """An answer of the caching layer; 304 where the client has it already."""
    entry = answer.entry
    age = max(0, math.floor(time.time() - entry.made_at))
    headers = {"etag": entry.etag, "age": str(age), "x-cache": str(answer.outcome)}
    if answer.outcome is Outcome.LAST_KNOWN:
        # Nobody above may keep it: the next answer may be right again. RFC 9111 has retired Warning; it is still read.
        headers |= {"cache-control": "no-cache", "x-stale": "true", "warning": '110 - "Response is Stale"'}
    else:
        # Counted from now on and not from when it was fetched: `age` would use it up.
        headers["cache-control"] = (
            f"public, max-age={age + client_seconds}, "
            f"stale-while-revalidate={client_seconds}, stale-if-error={STALE_IF_ERROR_SECONDS}"
        )
    if _has(request, entry.etag):
        return Response(status_code=304, headers=headers)
    if entry.status == 404:
        return problem(404, "there is no such product", headers=headers)
    return Response(entry.body, media_type="application/json", headers=headers)


def problem(
    status: int, title: str, *, problems: list[str] | None = None, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """What went wrong."""
    document = {"type": "about:blank", "status": status, "title": title, **more}
    if problems:
        document["problems"] = problems
    text = json.dumps(document, separators=(",", ":"))
    return Response(text, status, {**NO_STORE, **(headers or {})}, media_type="application/problem+json")


def unavailable(title: str, **more: Any) -> Response:
    """503: the same request may succeed in a moment."""
    return problem(503, title, headers={"retry-after": str(RETRY_AFTER_SECONDS)}, **more)


def _has(request: Request, etag: str) -> bool:
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or etag in [one.strip().removeprefix("W/") for one in given.split(",")]
