"""The CDN and the storage on Docker: what is kept, what bad input gets, what is left when parts are gone.

The tests share one deployment and run in this order: the last ones end its parts.
"""

import asyncio
import re
import socket
import ssl
import subprocess
import time
from urllib.parse import urlsplit

import httpx
import pytest

from archkit.bench.edge_stack import deployed_edge
from archkit.purge.local import locations, purge_cdn
from archkit.purge.request import Purge

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def edge():
    with deployed_edge() as made:
        yield made


def get(edge, path: str, location: int = 0, **headers: str) -> httpx.Response:
    with edge.client(location) as client:
        return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def raw(edge, data: bytes, seconds: float = 3) -> bytes:
    """What comes back for bytes that no client library would send."""
    address = urlsplit(edge.urls[0])
    answer = b""
    plain = socket.create_connection(("localhost", address.port), timeout=seconds)
    with plain, edge.trust.wrap_socket(plain, server_hostname="localhost") as connection:
        connection.sendall(data)
        try:
            while part := connection.recv(65536):
                answer += part
        except (TimeoutError, ssl.SSLError, ConnectionError):
            pass
    return answer


def test_the_real_parsers_take_both_configurations(edge) -> None:
    for where in ("a", "b", "shield"):
        for command in (
            # Beside the running one's folder: what it compiles must be loadable, and /tmp is not.
            ["varnishd", "-C", "-n", "/var/lib/varnish/check", "-f", "/etc/varnish/default.vcl"],
            ["haproxy", "-c", "-f", "/etc/haproxy/haproxy.cfg"],
        ):
            said = subprocess.run(
                ["docker", "exec", edge.location(where), *command], capture_output=True, text=True, check=False
            )
            assert said.returncode == 0, said.stderr[-2000:]
            assert "WARNING" not in said.stderr


def test_the_second_request_is_answered_by_the_edge(edge) -> None:
    first, second = get(edge, "/cached/long-1"), get(edge, "/cached/long-1")

    assert (first.headers["x-cache"], second.headers["x-cache"]) == ("MISS", "HIT")
    assert int(second.headers["age"]) >= 0
    other = get(edge, "/cached/long-1", location=1)
    assert other.headers["x-cache"] == "MISS", "the other location has its own memory"
    assert edge.counts()["/cached/long-1"] == 1, "and takes it from the shield, not from the origin"


def test_files_have_etags_ranges_compression_and_a_time_to_live_by_their_name(edge) -> None:
    page = get(edge, "/static/errors/404.html")
    style = get(edge, re.search(r'href="([^"]+)"', page.text)[1], accept_encoding="gzip")

    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert style.headers["content-encoding"] == "gzip"
    assert "max-age=300" in page.headers["cache-control"]
    assert get(edge, "/static/errors/404.html", if_none_match=page.headers["etag"]).status_code == 304
    # A range is one of the representation that was chosen: of the file itself only where no coding is accepted.
    part = get(edge, "/static/errors/404.html", range="bytes=0-14", accept_encoding="identity")
    assert (part.status_code, part.text) == (206, "<!doctype html>")
    assert part.headers["content-range"] == f"bytes 0-14/{len(page.content)}"


def test_what_is_no_part_of_the_key_reaches_nobody(edge) -> None:
    poisoned = get(
        edge,
        "/cached/long-poison?evil=1&page=2",
        x_forwarded_host="evil.example",
        x_original_url="/evil",
        x_anything="evil",
        user_agent="evil",
        cookie="session=evil; theme=dark",
    )
    seen = poisoned.json()

    assert seen["target"] == "/cached/long-poison?page=2"
    assert seen["headers"]["cookie"] == "theme=dark"
    assert "evil" not in poisoned.text, "what the origin cannot see cannot be in what others get"


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Forwarded-For", "Forwarded", "X-Original-URL", "X-Real-IP"])
def test_what_clients_say_of_themselves_passes_no_edge(edge, header: str) -> None:
    assert "evil.example" not in get(edge, "/pass", **{header: "evil.example"}).text


def test_one_clients_answer_is_kept_for_nobody(edge) -> None:
    for path in ("/cached/private-1", "/cached/cookie-1", "/account/x.css"):
        numbers = {get(edge, path, cookie="session=a").json()["number"] for _ in range(2)}
        assert len(numbers) == 2, f"{path} was answered from memory"
    deceived = get(edge, "/account/x.css")
    assert deceived.headers["cache-control"] == "private, no-store", "a path that looks like a file is not one"


@pytest.mark.parametrize(
    "path", ["/static/../x", "/static/%2e%2e/x", "/static/%2e./x", "/static/..%2fx", "/a%00b", "//x"]
)
def test_a_path_that_could_mean_two_things_is_refused(edge, path: str) -> None:
    answer = raw(edge, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 400"), answer[:200]


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\nX: "
HEAD = b"POST /pass HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(SMUGGLED)) + SMUGGLED,
        HEAD
        + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n%x\r\n" % len(SMUGGLED)
        + SMUGGLED
        + b"\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"Transfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"Content-Length: 4\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    ],
    ids=["CL.TE", "TE.CL", "unknown coding", "space before the colon", "two lengths"],
)
def test_no_request_is_smuggled_past_the_edge(edge, data: bytes) -> None:
    raw(edge, data, seconds=1.5)

    assert "/smuggled" not in edge.counts(), "the origin read a request that the edge had not"


def test_oversized_headers_are_refused_and_do_no_harm(edge) -> None:
    answer = raw(edge, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Big: " + b"a" * 40_000 + b"\r\n\r\n")

    assert answer[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 431"}
    assert get(edge, "/").status_code == 200


def test_many_ranges_make_no_answer_larger_than_the_file(edge) -> None:
    many = ",".join(f"{start}-" for start in range(500))
    answer = get(edge, "/cached/long-big", range=f"bytes={many}")

    assert len(answer.content) <= 101_000
    assert "multipart" not in answer.headers["content-type"]


def test_slow_clients_hold_nobody_up_and_are_cut_off(edge) -> None:
    address = urlsplit(edge.urls[0])
    slow = []
    for _ in range(200):
        plain = socket.create_connection(("localhost", address.port), timeout=15)
        connection = edge.trust.wrap_socket(plain, server_hostname="localhost")
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        slow.append(connection)
    began = time.monotonic()
    assert get(edge, "/cached/long-1").status_code == 200
    assert time.monotonic() - began < 1
    slow[0].settimeout(15)
    assert slow[0].recv(100).startswith(b"HTTP/1.1 408"), "who does not finish its head in 10 s is told to go"
    for one in slow:
        one.close()


def test_a_purge_without_the_key_is_refused(edge) -> None:
    get(edge, "/cached/tagged-1")
    with edge.client() as client:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"X-Archkit-Purge-At": "shield"}):
            assert client.request("PURGE", "/cached/tagged-1", headers=headers).status_code == 403

    assert get(edge, "/cached/tagged-1").headers["x-cache"] == "HIT"


@pytest.mark.parametrize("what", ["/cached/tagged-2", "/cached/tag*", "second"])
def test_a_purge_removes_by_path_and_by_tag_everywhere(edge, what: str) -> None:
    for location in (0, 1):
        get(edge, "/cached/tagged-2", location)
        get(edge, "/cached/long-kept", location)
    before = edge.counts()
    done, problems = purge_cdn(edge.keys, "cdn", locations(edge.docker, edge.name)["cdn"], Purge.parse(what))

    assert problems == []
    assert len(done) == 3, "the shield and two locations"
    for location in (0, 1):
        assert get(edge, "/cached/tagged-2", location).headers["x-cache"] == "MISS"
        assert get(edge, "/cached/long-kept", location).headers["x-cache"] == "HIT", "it has neither path nor tag"
    assert edge.counts()["/cached/tagged-2"] == before["/cached/tagged-2"] + 1


def test_500_clients_on_one_cold_object_are_one_request_at_the_origin(edge) -> None:
    async def ask() -> list[int]:
        limits = httpx.Limits(max_connections=500)
        async with httpx.AsyncClient(verify=edge.trust, timeout=30, limits=limits) as client:
            tasks = [client.get(f"{edge.urls[number % 2]}/cached/long-slow-cold") for number in range(500)]
            return [one.status_code for one in await asyncio.gather(*tasks)]

    assert set(asyncio.run(ask())) == {200}
    assert edge.counts()["/cached/long-slow-cold"] == 1


def test_the_second_origin_answers_where_the_first_fails(edge) -> None:
    assert get(edge, "/either/broken").status_code == 500, "both are broken on that path, and both were asked"
    assert edge.counts()["/either/broken"] >= 1


def test_what_is_kept_outlives_a_refresh_that_its_origin_answers_with_an_error(edge) -> None:
    assert get(edge, "/cached/short-once").status_code == 200
    time.sleep(2.5)  # fresh for 1 s, then shown for 1 s more while it is refreshed
    for _ in range(5):
        stale = get(edge, "/cached/short-once")
        assert (stale.status_code, stale.headers["x-cache"]) == (200, "STALE")
        time.sleep(0.2)
    assert edge.counts()["/cached/short-once"] > 1, "its origin was asked, and is well otherwise"


def test_no_secret_stands_where_others_look(edge) -> None:
    key = edge.purge_key
    for where in ("a", "b", "shield"):
        for command in (
            ["cat", "/etc/varnish/default.vcl"],
            ["cat", "/etc/haproxy/haproxy.cfg"],
            ["cat", "/proc/1/cmdline"],
        ):
            said = subprocess.run(["docker", "exec", edge.location(where), *command], capture_output=True, check=True)
            assert key.encode() not in said.stdout
        attrs = str(edge.docker.containers.get(edge.location(where)).attrs)
        assert key not in attrs
        assert "'ReadonlyRootfs': True" in attrs
    state = "".join(path.read_text() for path in edge.keys.parents[2].joinpath("state").rglob("*.json"))
    assert len(state) > 1000, "there is a state to look at"
    assert key not in state
    assert "PRIVATE KEY" not in state


def test_one_location_gone_fails_no_request_of_a_client_that_knows_both(edge) -> None:
    failed, sent = 0, 0
    edge.docker.containers.get(edge.location("a")).kill()
    until = time.monotonic() + 4
    with edge.client(0) as first, edge.client(1) as second:
        while time.monotonic() < until:
            sent += 1
            for client in (first, second):
                try:
                    if client.get("/cached/long-1").status_code == 200:
                        break
                except httpx.TransportError:
                    continue
            else:
                failed += 1
    assert sent > 50
    assert failed == 0


def restarted(edge, path: str) -> tuple[int, list[httpx.Response]]:
    """Kills the first location and asks it alone, on a new connection each time: how often in vain, then 20 answers."""
    edge.docker.containers.get(edge.location("a")).kill()
    until, refused, answers = time.monotonic() + 60, 0, []
    while len(answers) < 20:
        assert time.monotonic() < until, f"{refused} connections were refused or broken, {len(answers)} answered"
        try:
            answers.append(get(edge, path))
        except httpx.TransportError:
            refused += 1
        time.sleep(0.02)
    return refused, answers


def running_again(edge) -> None:
    """Waits for the location that a test before killed."""
    until = time.monotonic() + 60
    while edge.health("a") != "healthy":
        assert time.monotonic() < until
        time.sleep(0.2)


@pytest.mark.parametrize("path", ["/", "/cached/long-1"])
def test_a_location_that_starts_takes_nobody_before_it_can_answer(edge, path: str) -> None:
    running_again(edge)
    refused, answers = restarted(edge, path)

    assert refused > 0, "it was never gone"
    assert {one.status_code for one in answers} == {200}, "who is refused asks the other one; who gets 503 does not"


def test_what_is_cached_outlives_its_origin_and_the_rest_gets_a_friendly_page(edge) -> None:
    running_again(edge)
    assert get(edge, "/cached/short-1").status_code == 200
    service = edge.docker.services.get(f"{edge.name}-web")
    service.scale(0)
    while edge.containers("web"):
        time.sleep(0.2)
    time.sleep(3)

    with edge.client() as client:
        for _ in range(20):
            stale = client.get("/cached/short-1")
            assert (stale.status_code, stale.headers["x-cache"]) == (200, "STALE")
        for path in ("/cached/never-seen", "/never-seen"):
            began = time.monotonic()
            page = client.get(path)
            assert time.monotonic() - began < 1
            assert page.status_code == 503
            assert "We will be right back" in page.text


def test_a_location_that_starts_without_an_origin_opens_all_the_same(edge) -> None:
    refused, answers = restarted(edge, "/never-seen")

    assert refused > 0, "it was never gone"
    assert {one.status_code for one in answers} == {503}
    assert all("We will be right back" in one.text for one in answers), "its own page, not what HAProxy says"
    running_again(edge)
