"""What becomes of a write as its answer says, and which stacks the API's scenarios fit."""

import asyncio
import json
from dataclasses import replace

import pytest

from archkit.drills.load import ClientArgs, Kind
from archkit.drills.load.generator import Generator
from archkit.drills.load.http.client import Exchange
from archkit.drills.load.http.connection import Response
from archkit.drills.load.schedule import Schedule
from archkit.drills.scenarios import scenarios
from archkit.drills.scenarios.api import SCENARIOS
from archkit.drills.scenarios.api import catalogue as questions
from archkit.drills.scenarios.api.traffic import CatalogueTraffic, Rows


class Answers:
    """A client whose every request is answered alike."""

    def __init__(self, status: int, **said: object) -> None:
        self.sent: list[bytes] = []
        self._status, self._body = status, json.dumps(said).encode()

    async def request(self, data, *, idempotent, keep_body=False):
        self.sent.append(data)
        assert idempotent or not data.startswith(b"GET"), "a read may be asked again"
        kind = Kind.OK if self._status < 400 else Kind.HTTP_5XX
        return Exchange(kind, 1, Response(self._status, "1", self._body))

    def close(self) -> None:
        pass


class Records:
    def __init__(self) -> None:
        self.added = []

    def add(self, record) -> None:
        self.added.append(record)


def traffic(**more: object) -> CatalogueTraffic:
    rows = Rows(stack="api-local", database="database", hosts=())
    return CatalogueTraffic(client=ClientArgs(addresses=(("127.0.0.1", 1),)), rows=rows, run="abcd", **more)


@pytest.mark.parametrize(
    ("status", "said", "surely_not"),
    [
        (503, {"outcome": "not written"}, True),
        (503, {"outcome": "unknown"}, False),
        (503, {}, False),
        (502, {"outcome": "not written"}, False),
    ],
)
def test_only_an_answer_that_says_so_means_that_a_write_did_not_happen(status, said, surely_not) -> None:
    records = Records()

    async def test() -> None:
        made = traffic(write_every=1)
        made._open = Answers(status, **said)
        await Generator(made, Schedule.constant(1000, 0.003), records).run(lambda: 0.0)

    asyncio.run(test())

    assert records.added
    assert {one.refused for one in records.added} == {surely_not}


def test_reads_are_of_what_is_cached_some_of_what_is_not_and_writes_are_told_from_them() -> None:
    made = traffic(write_every=5)
    made._open = client = Answers(201, id=7)

    async def test() -> list[object]:
        await made.prepare_with(client)
        return [(await made.operation(number)).entry for number in range(100)]

    entries = asyncio.run(test())

    paths = [one.split(b" ")[1].decode() for one in client.sent if one.startswith(b"GET")]
    assert sum(entry is not None for entry in entries) == 20
    assert {"/products/7", "/products?limit=20", "/search?q=abcd", "/products?category=abcd"} <= set(paths)
    assert sum("-new" in one for one in paths) == len({one for one in paths if "-new" in one}) == 10


def test_they_fit_a_catalogue_with_a_cache_and_a_database_and_nothing_else(web, support) -> None:
    names = [one.name for one in SCENARIOS]
    assert names == ["api-cache-primary-killed", "api-cache-gone", "api-primary-killed"]
    known = scenarios()
    assert known["api-cache-gone"].needs(web) == "needs a database, the design has none"
    parts = (support.component("database", "database"), support.component("cache", "cache"))
    graph = replace(web.graph, resources=(*web.graph.resources, *parts))
    whole = replace(web, graph=graph)
    whole.run(support.member(1))
    assert "needs the catalogue" in (known["api-cache-gone"].needs(whole) or "")
    catalogue = replace(whole, path="/products")
    catalogue.run(support.member(1))
    assert [known[name].needs(catalogue) for name in names] == [None, None, None]


def test_who_does_not_answer_is_neither_from_the_cache_nor_past_it(web) -> None:
    nobody = replace(web, addresses=(("127.0.0.1", 1),))

    assert not questions.from_the_cache(nobody)()
    assert not questions.past_the_cache(nobody)()
