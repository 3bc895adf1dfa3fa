"""Answers as its path says, counts by path, and shows what of a request reached it."""

import asyncio
import collections
import json
import time

HEADERS = {
    "short": "Cache-Control: max-age=1, stale-while-revalidate=1, stale-if-error=3600\r\n",
    "long": "Cache-Control: max-age=3600\r\n",
    "private": "Cache-Control: private\r\n",
    "tagged": "Cache-Control: max-age=3600\r\nCache-Tag: first, second\r\n",
    "cookie": "Set-Cookie: session=1\r\n",
}
ANSWERED: "collections.Counter[str]" = collections.Counter()


def burn(seconds: float) -> None:
    """Keeps the processor busy for so much of this thread's time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(200))


async def answer(head: str) -> bytes:
    """The answer to one request: words in its path choose what it is like."""
    line, *rest = head.split("\r\n")
    method, target, _ = line.split(" ")
    path = target.partition("?")[0]
    words = set(path.strip("/").replace("/", "-").split("-"))
    if path == "/counts":
        text = json.dumps(ANSWERED)
    elif path in {"/healthz", "/readyz"}:
        text = "ok"
    else:
        ANSWERED[path] += 1
        if "slow" in words:
            await asyncio.sleep(0.5)
        if "dear" in words:
            burn(0.02)
        headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in rest) if name}
        text = json.dumps({"method": method, "target": target, "headers": headers, "number": ANSWERED[path]})
        text = text.ljust(
            100_000 if "big" in words else 16_000 if "medium" in words else 1_000 if "small" in words else 0
        )
    failed = "broken" in words or ("once" in words and ANSWERED[path] > 1)
    status = 500 if failed else 404 if "missing" in words else 200
    said = "".join(value for word, value in HEADERS.items() if word in words)
    body = b"" if method == "HEAD" else text.encode()
    top = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {len(text.encode())}\r\n{said}\r\n"
    return top.encode() + body


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection; it is as strict as a small server is: whatever follows a body is the next request."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            for one in head.split("\r\n"):
                if one.lower().startswith("content-length:"):
                    await reader.readexactly(int(one.partition(":")[2]))
            writer.write(await answer(head.removesuffix("\r\n\r\n")))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serves until it is told to stop."""
    server = await asyncio.start_server(serve, "0.0.0.0", 8080, backlog=1024)  # noqa: S104 - its container's own
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
