"""What counts as a good answer at the edge, and what does not."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from archkit.drills.load import ClientArgs, Kind, Outcome
from archkit.drills.load.http.edge import APPLICATION, FRESH, PAGE, STALE, EdgeReads

KEPT, PASSED = 0, 1
SORRY = b"<!doctype html><h1>We will be right back</h1>"


def ask(server: Any, number: int, **more: Any) -> Outcome:
    client = ClientArgs(addresses=(("127.0.0.1", server.port),), **more)

    async def run() -> Outcome:
        reads = EdgeReads(client=client, kept="/page")
        await reads.prepare()
        try:
            return await reads.operation(number)
        finally:
            await reads.close()
            await asyncio.sleep(0)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("headers", "kind", "who"),
    [
        (("X-Cache: HIT", "Age: 5", "Cache-Control: public, max-age=5"), Kind.OK, FRESH),
        (("X-Cache: STALE", "Age: 6", "Cache-Control: public, max-age=5"), Kind.OK, STALE),
        (("X-Cache: HIT", "Age: 6", "Cache-Control: max-age=5"), Kind.BAD_RESPONSE, "kept, stale and not marked"),
    ],
)
def test_what_is_older_than_its_age_must_say_so(
    server: Any, respond: Callable[..., bytes], headers: tuple[str, ...], kind: Kind, who: str
) -> None:
    server.answer = lambda: respond(b"ok", "200 OK", *headers)

    answer = ask(server, KEPT)
    assert (answer.kind, answer.replica) == (kind, who)


def test_an_error_page_is_no_answer_for_what_is_kept(server: Any, respond: Callable[..., bytes]) -> None:
    server.answer = lambda: respond(SORRY, "503 No", "X-Cache: ERROR", "Content-Type: text/html")

    assert ask(server, KEPT).kind is Kind.HTTP_5XX


@pytest.mark.parametrize(
    ("body", "headers", "kind", "who"),
    [
        (SORRY, ("X-Cache: ERROR", "Content-Type: text/html; charset=utf-8"), Kind.OK, PAGE),
        (b"503", ("X-Cache: ERROR", "Content-Type: text/plain"), Kind.HTTP_5XX, ""),
        (SORRY, ("X-Cache: PASS", "Content-Type: text/html"), Kind.HTTP_5XX, ""),
    ],
)
def test_of_errors_only_the_edges_own_page_for_people_is_good(
    server: Any, respond: Callable[..., bytes], body: bytes, headers: tuple[str, ...], kind: Kind, who: str
) -> None:
    server.answer = lambda: respond(body, "503 No", *headers)

    answer = ask(server, PASSED)
    assert (answer.kind, answer.replica) == (kind, who)


def test_what_is_not_kept_is_the_applications(server: Any) -> None:
    assert ask(server, PASSED)[:3] == (Kind.OK, 200, APPLICATION)


def test_a_page_that_comes_too_late_is_none(server: Any) -> None:
    server.stalled.set()

    assert ask(server, PASSED, timeout_seconds=0.1).kind is Kind.TIMEOUT
    server.stalled.clear()


def test_a_certificate_is_verified_under_the_name_that_is_given(tls_server: Any, tmp_path: Any) -> None:
    trusted = {"tls": True, "ca_file": str(tmp_path / "cert.pem")}

    assert ask(tls_server, PASSED, **trusted, server_name="localhost").kind is Kind.OK
    assert ask(tls_server, PASSED, **trusted, server_name="another.example").kind is Kind.BAD_RESPONSE
    assert ask(tls_server, PASSED, tls=True, server_name="localhost").kind is Kind.BAD_RESPONSE
