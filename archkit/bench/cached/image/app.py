"""Answers with what its cache holds, for measurements and live tests.

`/through` asks the cache for 100 ms and computes where it does not answer, as an application should; for a second it
does not ask again. `/needs` is the control: it fails where the cache does.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import cached

KEY = "page"
COMPUTE_SECONDS = 0.005
BREAK_SECONDS = 1.0
CACHE = cached.client("CATALOGUE")


def asked() -> bytes | None:
    """What the cache holds, if it answers."""
    return CACHE.get(KEY)


def kept(value: bytes) -> None:
    """Gives the cache what was computed, for 2 s."""
    CACHE.set(KEY, value, 2)


class Breaker:
    """Leaves a cache alone that has just failed: others need not wait for it as well."""

    until = 0.0


async def page(*, needs_cache: bool) -> tuple[int, bytes]:
    """Status and text of an answer."""
    answers = needs_cache or time.monotonic() >= Breaker.until
    try:
        if answers and (found := await asyncio.to_thread(asked)) is not None:
            return 200, found
        await asyncio.sleep(COMPUTE_SECONDS)
        made = b"computed"
        if answers:
            await asyncio.to_thread(kept, made)
    except Exception:  # whatever the client says of a cache that does not answer
        if needs_cache:
            return 503, b"the cache does not answer"
        Breaker.until = time.monotonic() + BREAK_SECONDS
        await asyncio.sleep(COMPUTE_SECONDS)
        made = b"computed"
    return 200, made


async def answer(path: str) -> bytes:
    """The answer to one request."""
    if path in {"/through", "/needs"}:
        status, body = await page(needs_cache=path == "/needs")
    else:
        status, body = 200, b"ok"
    return f"HTTP/1.1 {status} -\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            writer.write(await answer(head.split(" ")[1].partition("?")[0]))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, IndexError):
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serves until it is told to stop."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(64))
    server = await asyncio.start_server(serve, "0.0.0.0", 8080, backlog=1024)  # noqa: S104 - its container's own
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
