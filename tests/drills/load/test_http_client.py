"""What the client makes of answers, refusals, resets and silence."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from archkit.drills.load import ClientArgs, Kind
from archkit.drills.load.http.client import Client, Exchange
from archkit.drills.load.http.workloads import request_bytes

GET = request_bytes("GET", "/", "test")


def ask(args: ClientArgs, *, times: int = 1, idempotent: bool = True, at_once: bool = False) -> list[Exchange]:
    async def run() -> list[Exchange]:
        client = Client(args)
        try:
            asking = [client.request(GET, idempotent=idempotent, keep_body=True) for _ in range(times)]
            return await asyncio.gather(*asking) if at_once else [await one for one in asking]
        finally:
            client.close()
            await asyncio.sleep(0)

    return asyncio.run(run())


def at(*ports: int, **more: Any) -> ClientArgs:
    return ClientArgs(addresses=tuple(("127.0.0.1", port) for port in ports), **more)


def test_one_connection_serves_many_requests_and_the_replica_is_known(server: Any) -> None:
    answers = ask(at(server.port), times=20)

    assert {(one.kind, one.response.replica, one.response.body) for one in answers if one.response} == {
        (Kind.OK, "one", b"ok")
    }
    assert (server.requests, server.connections) == (20, 1)


@pytest.mark.parametrize(
    ("status", "kind"),
    [("204 No Content", Kind.OK), ("302 Found", Kind.OK), ("404 Not Found", Kind.HTTP_4XX), ("503 No", Kind.HTTP_5XX)],
)
def test_a_status_is_classified(server: Any, respond: Callable[..., bytes], status: str, kind: Kind) -> None:
    server.answer = lambda: respond(b"", status)

    assert ask(at(server.port))[0].kind == kind


def test_a_chunked_body_is_put_together(server: Any) -> None:
    server.answer = lambda: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"

    answer = ask(at(server.port))[0].response
    assert answer is not None
    assert answer.body == b"abc"


def test_an_interim_answer_is_not_the_answer(server: Any, respond: Callable[..., bytes]) -> None:
    server.answer = lambda: b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + respond(b"ok")

    answers = ask(at(server.port), times=2)
    assert [one.response.status for one in answers if one.response] == [200, 200]


def test_a_server_that_closes_gets_a_new_connection(server: Any, respond: Callable[..., bytes]) -> None:
    server.answer = lambda: respond(b"ok", "200 OK", "Connection: close")

    assert [one.kind for one in ask(at(server.port), times=3)] == [Kind.OK] * 3
    assert server.connections == 3


def test_nobody_listening_is_refused(closed_port: int) -> None:
    assert ask(at(closed_port))[0] == Exchange(Kind.REFUSED, 1)


def test_a_connection_closed_without_an_answer_is_a_reset_and_is_not_tried_again(server: Any) -> None:
    server.answer = lambda: None

    assert ask(at(server.port))[0] == Exchange(Kind.RESET, 1)
    assert server.requests == 1, "a second try at the only address would hide the failure"


def test_an_answer_cut_in_the_middle_is_a_reset(server: Any) -> None:
    server.answer = lambda: b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
    server.closing = True

    assert ask(at(server.port))[0] == Exchange(Kind.RESET, 1)


def test_what_is_no_http_is_a_bad_response(server: Any) -> None:
    server.answer = lambda: b"220 smtp.example.com ESMTP\r\n"

    assert ask(at(server.port))[0].kind == Kind.BAD_RESPONSE


def test_silence_is_a_timeout_and_takes_as_long_as_was_said(silent_port: int) -> None:
    async def run() -> tuple[Kind, float]:
        client = Client(at(silent_port, timeout_seconds=0.2))
        began = asyncio.get_running_loop().time()
        exchange = await client.request(GET, idempotent=True)
        client.close()
        return exchange.kind, asyncio.get_running_loop().time() - began

    kind, seconds = asyncio.run(run())
    assert kind == Kind.TIMEOUT
    assert 0.2 <= seconds < 0.4


def test_a_refused_address_is_passed_over_for_the_next(server: Any, closed_port: int) -> None:
    answers = ask(at(closed_port, server.port), times=10)

    assert [one.kind for one in answers] == [Kind.OK] * 10
    assert sum(one.attempts for one in answers) == 11, "an address that refused is left alone for a second"


def test_a_read_that_was_reset_is_tried_at_the_next_address(server: Any, second_server: Any) -> None:
    server.answer = lambda: None

    assert [one.kind for one in ask(at(server.port, second_server.port), times=4)] == [Kind.OK] * 4
    assert second_server.requests == 4


def test_a_write_that_may_have_had_its_effect_is_not_tried_again(server: Any, second_server: Any) -> None:
    server.answer = second_server.answer = lambda: None

    assert ask(at(server.port, second_server.port), idempotent=False)[0] == Exchange(Kind.RESET, 1)
    assert server.requests + second_server.requests == 1


def test_a_write_that_never_left_is_tried_at_the_next_address(server: Any, closed_port: int) -> None:
    assert {one.kind for one in ask(at(closed_port, server.port), times=4, idempotent=False)} == {Kind.OK}


def test_a_silent_address_is_left_for_one_that_answers(server: Any, silent_port: int) -> None:
    answers = ask(at(silent_port, server.port, timeout_seconds=0.2), times=6)

    assert {one.kind for one in answers} == {Kind.OK}
    assert max(one.attempts for one in answers) == 2


def test_requests_are_spread_over_all_addresses(server: Any, second_server: Any) -> None:
    ask(at(server.port, second_server.port), times=10)

    assert (server.requests, second_server.requests) == (5, 5)


def test_no_more_connections_than_allowed_are_opened(server: Any) -> None:
    answers = ask(at(server.port, max_connections=3), times=50, at_once=True)

    assert {one.kind for one in answers} == {Kind.OK}
    assert server.connections <= 3


def test_tls_is_spoken_and_a_certificate_that_nobody_signed_is_refused(tls_server: Any) -> None:
    assert ask(at(tls_server.port, tls=True, verify_certificate=False))[0].kind == Kind.OK
    assert ask(at(tls_server.port, tls=True))[0].kind == Kind.BAD_RESPONSE
