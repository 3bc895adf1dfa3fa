"""Writes: each happens once, however often it is sent with the same key."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from appkit.bulkhead import OverloadedError
from appkit.deadline import left
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from catalogue import queries
from catalogue.database import Connection, Endpoint
from catalogue.unavailable import UnavailableError

SECONDS = 1.2
# A write tries on while the primary moves, as long as its request may take; safe, since its key makes it happen once.
# With less than this left another try could not end: 503.
LAST_TRY_SECONDS = 0.2
FORGET_EVERY = 256  # writes of a replica between two removals of old keys


@dataclass(frozen=True, kw_only=True)
class Written:
    """What came of a write.

    Args:
        status: Of the answer.
        body: JSON text; empty where there is none.
        product_id: Of the product that it was about; None where it changed nothing.
        repeated: It is the answer to an earlier request with the same key.

    """

    status: int
    body: str = ""
    product_id: int | None = None
    repeated: bool = False


class ReusedKeyError(Exception):
    """The key was used for another request."""


class BusyError(Exception):
    """Another request with the same key is still under way."""


class Writes:
    """What can be written, always at the primary."""

    def __init__(self, writer: Endpoint) -> None:
        self._writer = writer
        self._count = 0

    async def create(self, key: str, product: Mapping[str, Any]) -> Written:
        async def work(connection: Connection) -> Written:
            row = await _row(connection, queries.CREATE, product)
            if row is None:
                return Written(status=409, body=json.dumps({"title": "there is a product with that sku"}))
            return Written(status=201, body=row["body"], product_id=row["id"])

        return await self._once(key, fingerprint("POST", "", product), work)

    async def change(self, key: str, number: int, changes: Mapping[str, Any]) -> Written:
        async def work(connection: Connection) -> Written:
            nothing = dict.fromkeys(("name", "description", "category", "price_cents"))
            row = await _row(connection, queries.CHANGE, {**nothing, **changes, "id": number})
            return Written(status=200, body=row["body"], product_id=number) if row else Written(status=404)

        return await self._once(key, fingerprint("PATCH", number, changes), work)

    async def remove(self, key: str, number: int) -> Written:
        async def work(connection: Connection) -> Written:
            row = await _row(connection, queries.REMOVE, {"id": number})
            return Written(status=204, product_id=number) if row else Written(status=404)

        return await self._once(key, fingerprint("DELETE", number, {}), work)

    async def _once(self, key: str, print_: bytes, work: Callable[[Connection], Awaitable[Written]]) -> Written:
        async def whole(connection: Connection) -> Written:
            return await _claimed(connection, key, print_, work)

        unknown = False
        try:
            async for attempt in AsyncRetrying(
                # /primary may say 200 a moment before its promotion ends: SQLSTATE 25006.
                retry=retry_if_exception_type((psycopg.errors.ReadOnlySqlTransaction, UnavailableError)),
                stop=_time_is_up,
                wait=wait_random_exponential(multiplier=0.05, max=0.3),
                reraise=True,
            ):
                with attempt:
                    try:
                        written = await self._writer.run(whole, seconds=left(SECONDS))
                    except UnavailableError as error:
                        unknown = unknown or error.outcome_unknown
                        raise
        except psycopg.errors.ReadOnlySqlTransaction as error:
            raise UnavailableError("the primary is moving", outcome_unknown=unknown) from error
        except UnavailableError as error:
            raise UnavailableError(str(error), outcome_unknown=unknown) from error
        except psycopg.errors.LockNotAvailable as error:
            raise BusyError(key) from error
        await self._tidied()
        return written

    async def _tidied(self) -> None:
        self._count += 1
        if self._count % FORGET_EVERY == 0:
            # The write is kept: what becomes of this is nothing to its client.
            with contextlib.suppress(UnavailableError, OverloadedError, psycopg.Error):
                await self._writer.run(lambda connection: connection.execute(queries.FORGET), seconds=left(SECONDS))


def _time_is_up(state: RetryCallState) -> bool:
    return left(SECONDS) < LAST_TRY_SECONDS or (state.seconds_since_start or 0.0) > SECONDS


async def _claimed(
    connection: Connection, key: str, print_: bytes, work: Callable[[Connection], Awaitable[Written]]
) -> Written:
    if await _row(connection, queries.CLAIM, {"key": key, "fingerprint": print_}) is None:
        first = await _row(connection, queries.ANSWERED, {"key": key})
        if first is None:
            raise BusyError(key)  # it was undone or forgotten this moment
        if bytes(first["fingerprint"]) != print_:
            raise ReusedKeyError(key)
        return Written(status=first["status"], body=first["body"], product_id=first["product_id"], repeated=True)
    written = await work(connection)
    await connection.execute(
        queries.ANSWER,
        {"key": key, "status": written.status, "body": written.body, "product_id": written.product_id},
    )
    return written


def fingerprint(method: str, target: object, content: Mapping[str, Any]) -> bytes:
    """What tells one request from another under the same key."""
    return hashlib.sha256(json.dumps([method, target, content], sort_keys=True).encode()).digest()


async def _row(connection: Connection, statement: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
    cursor = await connection.execute(statement, values)  # type: ignore[arg-type]
    return await cursor.fetchone()
