"""The api design on Docker, last of this package: each scenario takes away more of it, in this order."""

import secrets
import time

import httpx
import pytest

from archkit.bench import api as bench
from archkit.bench import api_database as database

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]
LOAD_BALANCER_SECONDS = 1.5  # it gives up on a replica then: who is told something is told before


def scaled(api, component: str, count: int, *, part: str = "") -> None:
    """Services of a component, taken away or brought back."""
    for one in api.docker.services.list(filters={"label": f"archkit.stack={api.name}"}):
        labels = one.attrs["Spec"]["Labels"]
        if labels.get("archkit.component") == component and one.name.endswith(part):
            one.scale(count)


def until(holds, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.5)
    pytest.fail(f"not within {seconds:.0f} s")


def test_without_the_cache_answers_are_right_and_a_stampede_is_a_query_for_each_replica(api, created) -> None:
    address = api.url + created("key-cache-gone", "cache-gone").headers["location"]
    bench.take_away(api, "cache")
    assert httpx.get(address, timeout=10).json()["sku"] == "cache-gone"
    assert any(1 <= bench.stampede(api, f"/search?q=brass+-{secrets.token_hex(4)}") <= 3 for _ in range(3))
    for _ in range(30):  # each replica has been refused often enough then
        httpx.get(address, timeout=10)
    assert 'catalogue_circuit_closed{part="cache"} 0.0' in httpx.get(f"{api.url}/metrics").text, "nobody waits for it"


def test_without_the_writer_reads_go_on_and_writes_are_told_when_to_come_again(api, created) -> None:
    address = api.url + created("key-writer", "writer").headers["location"]
    assert httpx.get(address).status_code == 200
    scaled(api, "database", 0, part="-writer")
    time.sleep(5)
    answers = [created("key-refused", "refused") for _ in range(4)]
    refused = next(one for one in answers if one.status_code == 503)
    assert refused.elapsed.total_seconds() < LOAD_BALANCER_SECONDS
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["outcome"] in {"unknown", "not written"}
    assert httpx.get(f"{api.url}/search?q=oak+-{secrets.token_hex(4)}", timeout=10).status_code == 200
    scaled(api, "database", 1, part="-writer")
    until(lambda: created("key-refused", "refused").status_code == 201)
    assert database.psql(api, "SELECT count(*) FROM products WHERE sku = 'refused'") == "1"


def test_with_everything_gone_answers_are_the_last_known_ones_and_say_so(api) -> None:
    address = f"{api.url}/products?limit=3"
    for _ in range(30):  # each replica knows it then
        httpx.get(address, timeout=10)
    scaled(api, "database", 0, part="-writer")
    scaled(api, "database", 0, part="-reader")
    time.sleep(5)
    stale = httpx.get(address, timeout=10)
    assert stale.status_code == 200
    assert stale.headers["x-stale"] == "true"
    assert stale.headers["warning"].startswith("110")
    assert httpx.get(f"{api.url}/products/888888", timeout=10).status_code == 503, "nobody asked for it before"
    assert httpx.get(f"{api.url}/readyz").status_code == 200, "no replica is replaced for what it depends on"


def test_destroy_leaves_the_data_and_nothing_else(api) -> None:
    api.destroy()

    until(lambda: {one.partition(" ")[0] for one in api.left_behind()} == {"volume"}, seconds=30)
