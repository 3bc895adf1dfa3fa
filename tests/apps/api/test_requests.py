"""What clients are told of a request that makes no sense."""

import pytest
from appkit.lifecycle import Lifecycle
from appkit.observe import Metrics
from catalogue import requests
from catalogue.cursor import decoded, encoded
from catalogue.openapi import document
from catalogue.parts import Parts
from catalogue.requests import RefusedError
from catalogue.routes import Routes
from catalogue.settings import Settings
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from prometheus_client import CollectorRegistry

LINKS = {
    "DATABASE_HOST": "db",
    "DATABASE_PORT": "5432",
    "CACHE_HOST": "cache",
    "CACHE_PORT": "6379",
}


def refusal(read, query) -> list[str] | None:
    try:
        read(query)
    except RefusedError as error:
        return error.problems
    return None


@given(st.dictionaries(st.sampled_from(["q", "after", "limit", "category", "x"]), st.text(max_size=30)))
def test_any_query_is_taken_or_refused_with_reasons(query) -> None:
    for read in (requests.page, requests.search):
        problems = refusal(read, query)
        assert problems is None or problems
        assert all("must be" in one for one in problems or [])


def test_all_problems_of_a_query_are_told_at_once() -> None:
    with pytest.raises(RefusedError) as caught:
        requests.search({"q": "", "limit": "0", "after": "!", "colour": "red"})

    assert sorted(one.partition(":")[0] for one in caught.value.problems) == ["after", "colour", "limit", "q"]


@given(st.lists(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)), max_size=3))
def test_a_cursor_comes_back_as_it_was_given(place) -> None:
    assert decoded(encoded(place)) == place


def test_a_search_is_the_same_in_other_cases_and_spaces() -> None:
    assert requests.search({"q": "  Steel   BOLT "}).words == "steel bolt", "or each spelling would be fetched"


def test_settings_list_every_problem_at_once() -> None:
    with pytest.raises(ValueError, match="PORT") as caught:
        Settings.of({"DATABASE_CREDENTIALS": "guess", "CACHE_FRESH_SECONDS": "600", "PORT": "x"})

    said = str(caught.value)
    for name in ("PORT", "DATABASE_HOST", "DATABASE_PORT", "DATABASE_CREDENTIALS", "CACHE_HOST", "CACHE_FRESH_SECONDS"):
        assert f"{name}: must be" in said


def test_a_link_without_a_reader_reads_from_its_primary() -> None:
    settings = Settings.of(LINKS)

    assert settings.database.reader == settings.database.primary
    assert Settings.of({**LINKS, "DATABASE_READER_HOST": "r", "DATABASE_READER_PORT": "1"}).database.reader.host == "r"


def test_the_openapi_document_refers_to_nothing_that_is_not_there() -> None:
    made = document()

    def references(value):
        if isinstance(value, dict):
            yield from ([value["$ref"]] if "$ref" in value else [])
            for inner in value.values():
                yield from references(inner)
        if isinstance(value, list):
            for inner in value:
                yield from references(inner)

    found = set(references(made))
    assert found, "schemas are referred to"
    for one in found:
        place = made
        for step in one.removeprefix("#/").split("/"):
            place = place[step]


def test_the_openapi_document_has_every_route_of_clients_and_no_other() -> None:
    registry = CollectorRegistry()
    routes = Routes(Parts(Settings.of(LINKS), registry), Lifecycle(), Metrics()).all()
    served = {(route.path, method) for route in routes for method in route.methods or () if method != "HEAD"}
    programs = {(path, "GET") for path in ("/openapi.json", "/healthz", "/readyz", "/metrics")}
    told = {
        (path, method.upper())
        for path, operations in document()["paths"].items()
        for method in operations
        if method != "parameters"
    }

    assert told == served - programs
    names = [
        one["operationId"] for path in document()["paths"].values() for one in path.values() if "operationId" in one
    ]
    assert len(set(names)) == len(told)


def test_the_openapi_document_takes_what_is_taken_and_refuses_what_is_refused() -> None:
    schemas = document()["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    new = Draft202012Validator(schemas["NewProduct"])
    product = {"sku": "a", "name": "b", "category": "c", "price_cents": 1}

    assert new.is_valid(product)
    assert not new.is_valid({**product, "price_cents": -1})
    assert not new.is_valid({**product, "colour": "red"})
    assert not new.is_valid({"sku": "a"})
    assert not Draft202012Validator(schemas["Changes"]).is_valid({"sku": "b"}), "what a product is called stays"
