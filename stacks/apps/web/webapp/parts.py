"""A page whose parts have times to live of their own: the browser fetches each, and caches on the way may keep it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

PATH = "/page/"
TAG = "page"  # one purge by tag removes the frame and all its parts
_FRAME = Template((Path(__file__).parent / "parts.html").read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the page.

    Args:
        name: The last part of its path.
        kept: How long it is kept, in words.
        cache_control: The same as caches read it (RFC 9111, RFC 5861).

    """

    name: str
    kept: str
    cache_control: str


# What outlives its origin says so: `stale-if-error` for a day.
FRAME = Part(
    name="",
    kept="1 minute",
    cache_control="public, max-age=60, stale-while-revalidate=60, stale-if-error=86400",
)
PARTS = (
    Part(
        name="headlines",
        kept="5 seconds",
        cache_control="public, max-age=5, stale-while-revalidate=30, stale-if-error=86400",
    ),
    Part(name="about", kept="1 hour", cache_control="public, max-age=3600, stale-if-error=86400"),
    Part(name="visitor", kept="not at all: it is yours alone", cache_control="private, no-store"),
)


class Page:
    """The frame and its parts, as one replica makes them."""

    def __init__(self, replica: str, references: Mapping[str, str]) -> None:
        self._replica = replica
        self._references = references

    def routes(self) -> list[Route]:
        """The frame and each part, by their paths."""
        return [Route(PATH, self.frame), *(Route(f"{PATH}{one.name}", self.part) for one in PARTS)]

    async def frame(self, _: Request) -> Response:
        """The page without its parts."""
        text = _FRAME.substitute(
            style=self._references["style.css"],
            script=self._references["page.js"],
            kept=FRAME.kept,
            made=html.escape(self._made()),
            rows="\n".join(_row(one) for one in PARTS),
        )
        return HTMLResponse(text, headers=_headers(FRAME))

    async def part(self, request: Request) -> Response:
        """One part."""
        (one,) = (one for one in PARTS if request.url.path == f"{PATH}{one.name}")
        return PlainTextResponse(f"{self._made()}\n", headers=_headers(one))

    def _made(self) -> str:
        return f"at {datetime.now(UTC):%H:%M:%S} UTC by replica {self._replica}"


def _row(one: Part) -> str:
    return (
        f'<tr data-part="{PATH}{one.name}"><td>{one.name}</td><td>{one.kept}</td>'
        "<td data-made>…</td><td data-edge></td></tr>"
    )


def _headers(one: Part) -> dict[str, str]:
    return {"cache-control": one.cache_control, "cache-tag": TAG}
