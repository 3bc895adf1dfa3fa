"""Reads: from a replica of the database; from the primary where that fails, or where it may not know yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from appkit.bulkhead import OverloadedError
from appkit.deadline import left

from catalogue import queries
from catalogue.caching import Loaded
from catalogue.cursor import encoded
from catalogue.database import Connection, Endpoint
from catalogue.unavailable import UnavailableError

# Of a request's 1.2 s: what is left after the first is enough to ask the other one. A search takes a tenth of it.
FIRST_SECONDS = 0.7
SECONDS = 1.2
NEWEST = 2**63 - 1
FIRST = (1e300, 0)  # ranks above every match


class Reads:
    """What can be read."""

    def __init__(self, reader: Endpoint, writer: Endpoint) -> None:
        self._reader, self._writer = reader, writer

    async def product(self, number: int, *, fresh: bool) -> Loaded:
        row, current = await self._row(queries.PRODUCT, {"id": number}, fresh=fresh)
        return Loaded(200, row["body"], current) if row else Loaded(404, "", current)

    async def page(self, category: str | None, before: int, limit: int, *, fresh: bool) -> Loaded:
        """A page of products, newest first."""
        statement = queries.CATEGORY_PAGE if category else queries.PAGE
        values = {"category": category, "before": before, "limit": limit}
        row, current = await self._row(statement, values, fresh=fresh)
        assert row is not None
        following = encoded([row["last"]]) if row["found"] == limit else None
        return Loaded(200, f'{{"items":{row["items"]},"next":{json.dumps(following)}}}', current)

    async def search(self, words: str, after: tuple[float, int], limit: int, *, fresh: bool) -> Loaded:
        """The products that match, best first, and how many do in each category."""
        values = {"words": words, "rank": after[0], "after": after[1], "limit": limit}
        row, current = await self._row(queries.SEARCH, values, fresh=fresh)
        assert row is not None
        following = encoded(json.loads(row["last"])) if row["found"] == limit else None
        body = f'{{"items":{row["items"]},"categories":{row["categories"]},"next":{json.dumps(following)}}}'
        return Loaded(200, body, current)

    async def _row(
        self, statement: str, values: Mapping[str, Any], *, fresh: bool
    ) -> tuple[dict[str, Any] | None, bool]:
        """The row, and whether it is from where it was asked for, or from the primary."""

        async def work(connection: Connection) -> dict[str, Any] | None:
            cursor = await connection.execute(statement, values)  # type: ignore[arg-type]
            return await cursor.fetchone()

        first, second = (self._writer, self._reader) if fresh else (self._reader, self._writer)
        try:
            return await first.run(work, seconds=FIRST_SECONDS), True
        except OverloadedError:
            raise  # the other one would be next
        except UnavailableError:
            return await second.run(work, seconds=left(SECONDS)), not fresh
