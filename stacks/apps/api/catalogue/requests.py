"""What clients ask for, checked: every problem at once, as `path: rule, got value; reason`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from catalogue.cursor import decoded
from catalogue.reads import FIRST, NEWEST

MAX_PAGE, DEFAULT_PAGE = 100, 20
MAX_WORDS = 100
MAX_BODY_BYTES = 16 * 1024
MAX_CENTS = 2**31 - 1
LENGTHS = {"sku": (1, 64), "name": (1, 200), "description": (0, 4000), "category": (1, 64)}
_KEY = re.compile(r"[\x21-\x7e]{8,128}")


class RefusedError(Exception):
    """The request makes no sense; `problems` says why."""

    def __init__(self, problems: list[str], status: int = 400) -> None:
        super().__init__("\n".join(problems))
        self.problems, self.status = problems, status


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which page of products."""

    category: str | None
    before: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which page of a search."""

    words: str
    after: tuple[float, int]
    limit: int


def page(query: Mapping[str, str]) -> Page:
    """The page that a query asks for."""
    problems = _unknown(query, ("category", "after", "limit"))
    limit = _limit(query, problems)
    place = _place(query, problems)
    before = NEWEST
    if place is not None:
        match place:
            case [int(last)] if not isinstance(last, bool) and 0 < last <= NEWEST:
                before = last
            case _:
                problems.append(_foreign(query["after"]))
    category = query.get("category")
    if category is not None:
        problems += _text("category", category)
    _refuse(problems)
    return Page(category=category, before=before, limit=limit)


def search(query: Mapping[str, str]) -> Search:
    """The search that a query asks for; words in other cases and spaces are the same search."""
    problems = _unknown(query, ("q", "after", "limit"))
    limit = _limit(query, problems)
    place = _place(query, problems)
    after = FIRST
    if place is not None:
        match place:
            case [float() | int() as rank, int(last)] if not isinstance(last, bool) and 0 < last <= NEWEST:
                after = (float(rank), last)
            case _:
                problems.append(_foreign(query["after"]))
    words = " ".join(query.get("q", "").casefold().split())
    if not 1 <= len(words) <= MAX_WORDS or "\x00" in words:
        problems.append(f"q: must be 1 to {MAX_WORDS} characters, got {words[:40]!r}; it is what is looked for")
    _refuse(problems)
    return Search(words=words, after=after, limit=limit)


def number(request: Request) -> int:
    """The product's number in the path."""
    text = request.path_params["id"]
    if text.isascii() and text.isdecimal() and len(text) <= 18 and int(text) > 0:
        return int(text)
    raise RefusedError([f"id: must be a whole number from 1, got {text[:40]!r}; products are numbered"])


def idempotency_key(request: Request) -> str:
    """The client's name for this one write."""
    given = request.headers.get("idempotency-key", "")
    if _KEY.fullmatch(given):
        return given
    raise RefusedError(
        [
            f"Idempotency-Key: must be 8 to 128 visible characters, got {given[:40]!r}; "
            "a write that is sent again must not happen twice"
        ]
    )


async def content(request: Request, *, needed: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a product in a body of JSON, of which some are needed."""
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > MAX_BODY_BYTES:
            raise RefusedError([f"body: must be at most {MAX_BODY_BYTES} bytes, got more; no product is larger"], 413)
    try:
        given = json.loads(raw)
    except ValueError as error:
        raise RefusedError([f"body: must be JSON, got {bytes(raw[:40])!r}; {error}"]) from error
    if not isinstance(given, dict):
        raise RefusedError([f"body: must be an object, got {type(given).__name__}; its keys are a product's fields"])
    known = (*LENGTHS, "price_cents") if needed else (*list(LENGTHS)[1:], "price_cents")
    problems = [
        f"{name[:40]}: must be one of {', '.join(known)}; nobody reads it" for name in given if name not in known
    ]
    problems += [f"{name}: must be given, got nothing; a product has one" for name in needed if name not in given]
    for name, value in given.items():
        if name in LENGTHS and name in known:
            problems += _text(name, value)
    price = given.get("price_cents", 0)
    if not isinstance(price, int) or isinstance(price, bool) or not 0 <= price <= MAX_CENTS:
        problems.append(
            f"price_cents: must be a whole number from 0 to {MAX_CENTS}, got {str(price)[:40]!r}; it is a price"
        )
    if not given and not needed:
        problems.append("body: must have a field, got none; it would change nothing")
    _refuse(problems)
    return {"description": "", **given} if needed else given


def _text(name: str, value: object) -> list[str]:
    low, high = LENGTHS[name]
    if isinstance(value, str) and low <= len(value) <= high and "\x00" not in value:
        return []
    return [
        f"{name}: must be a text of {low} to {high} characters, got {str(value)[:40]!r}; the database takes no other"
    ]


def _limit(query: Mapping[str, str], problems: list[str]) -> int:
    text = query.get("limit", str(DEFAULT_PAGE))
    if text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE:
        return int(text)
    problems.append(f"limit: must be 1 to {MAX_PAGE}, got {text[:40]!r}; a page costs what it holds")
    return DEFAULT_PAGE


def _place(query: Mapping[str, str], problems: list[str]) -> list[Any] | None:
    if "after" not in query:
        return None
    place = decoded(query["after"])
    if place is None:
        problems.append(_foreign(query["after"]))
    return place


def _foreign(text: str) -> str:
    return f"after: must be the `next` of a page, got {text[:40]!r}; a place in another list means nothing here"


def _unknown(query: Mapping[str, str], known: tuple[str, ...]) -> list[str]:
    return [f"{name[:40]}: must be one of {', '.join(known)}; nobody reads it" for name in query if name not in known]


def _refuse(problems: list[str]) -> None:
    if problems:
        raise RefusedError(list(dict.fromkeys(problems)))
