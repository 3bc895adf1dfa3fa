"""The OpenAPI document, from the same limits that requests are checked by."""

from __future__ import annotations

from typing import Any

from catalogue.requests import DEFAULT_PAGE, LENGTHS, MAX_CENTS, MAX_PAGE, MAX_WORDS

_REQUIRED = ["sku", "name", "category", "price_cents"]
_KEY = {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]*$"}
_CATEGORY = {
    "name": "category",
    "in": "query",
    "schema": {"type": "string", "minLength": LENGTHS["category"][0], "maxLength": LENGTHS["category"][1]},
}


def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "catalogue", "version": "1", "description": "Products: read by many, written by few."},
        "paths": {
            "/products": {
                "get": _read("listProducts", "A page of products, newest first.", "Page", [_CATEGORY, *_paging()]),
                "post": _write("createProduct", "Makes a product.", "NewProduct", "201"),
            },
            "/products/{id}": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
                ],
                "get": _read("getProduct", "One product.", "Product", []),
                "patch": _write("changeProduct", "Changes some of a product's fields.", "Changes", "200"),
                "delete": _write("removeProduct", "Removes a product.", None, "204"),
            },
            "/search": {
                "get": _read(
                    "searchProducts",
                    "Products that match words, best first, and how many there are in each category.",
                    "Matches",
                    [{**_query("q", "string"), "required": True}, *_paging()],
                )
            },
        },
        "components": {"schemas": _schemas(), "responses": _responses()},
    }


def _schemas() -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: {"type": "string", "minLength": low, "maxLength": high} for name, (low, high) in LENGTHS.items()
    }
    fields["price_cents"] = {"type": "integer", "minimum": 0, "maximum": MAX_CENTS}
    kept = {"id": {"type": "integer"}, "version": {"type": "integer"}, "updated_at": {"type": "string"}}
    place = {"type": ["string", "null"], "description": "Pass it as `after` for the next page; null on the last."}
    items = {"items": {"type": "array", "items": _schema("Product")}, "next": place}
    counts = {"categories": {"type": "object", "additionalProperties": {"type": "integer"}}}
    changes = {name: value for name, value in fields.items() if name != "sku"}
    return {
        "NewProduct": _object(fields, _REQUIRED),
        "Changes": {**_object(changes, []), "minProperties": 1},
        "Product": {"type": "object", "properties": {**kept, **fields}, "required": [*kept, *fields]},
        "Page": {"type": "object", "properties": items, "required": [*items]},
        "Matches": {"type": "object", "properties": {**items, **counts}, "required": [*items, *counts]},
        "Problem": {
            "type": "object",
            "properties": {
                "status": {"type": "integer"},
                "title": {"type": "string"},
                "problems": {"type": "array", "items": {"type": "string"}},
                "outcome": {"enum": ["unknown", "not written"], "description": "Of a write that got 503."},
            },
            "required": ["status", "title"],
        },
    }


def _responses() -> dict[str, Any]:
    later = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    said = {
        "Refused": "The request makes no sense; `problems` says why.",
        "TooLarge": "The body is larger than any product.",
        "Missing": "There is no such product.",
        "Conflict": "Another product has that sku, or a request with that key is still under way.",
        "Reused": "The idempotency key was used for another request.",
        "Unavailable": "At the moment; `Retry-After` says when to send it again, a write with the same key.",
    }
    headers = {"Conflict": later, "Unavailable": later}
    return {
        name: {
            "description": text,
            **({"headers": headers[name]} if name in headers else {}),
            "content": _problem(),
        }
        for name, text in said.items()
    }


def _read(name: str, summary: str, schema: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    stale = {
        "description": "`true`: older than it should be, since nothing newer can be had.",
        "schema": {"const": "true"},
    }
    cache = {"schema": {"enum": ["hit", "stale", "miss", "own", "last-known"]}, "description": "Where it came from."}
    headers = {"ETag": _header(), "Age": _header(), "Cache-Control": _header(), "X-Cache": cache, "X-Stale": stale}
    known = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [*parameters, known],
        "responses": {
            "200": {"description": summary, "headers": headers, "content": _json(schema)},
            "304": {"description": "As `If-None-Match` says, the client has it."},
            **_failures({"400": "Refused", "503": "Unavailable"}),
            **(_failures({"404": "Missing"}) if schema == "Product" else {}),
        },
    }


def _write(name: str, summary: str, schema: str | None, status: str) -> dict[str, Any]:
    key = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": _KEY}
    again = {"schema": {"const": "true"}, "description": "It is the answer to an earlier request with that key."}
    done: dict[str, Any] = {"description": summary, "headers": {"Idempotency-Replayed": again}}
    if status == "201":
        done["headers"]["Location"] = {"schema": {"type": "string"}, "description": "Where the product is."}
    if status != "204":
        done["content"] = _json("Product")
    failures = {"400": "Refused", "409": "Conflict", "422": "Reused", "503": "Unavailable"}
    failures |= {"413": "TooLarge"} if schema else {}
    failures |= {} if status == "201" else {"404": "Missing"}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [{**key, "description": "The same key gives the same answer, and one effect, for a day."}],
        **({"requestBody": {"required": True, "content": _json(schema)}} if schema else {}),
        "responses": {status: done, **_failures(failures)},
    }


def _failures(names: dict[str, str]) -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/{name}"} for status, name in names.items()}


def _paging() -> list[dict[str, Any]]:
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE}
    return [_query("after", "string"), {"name": "limit", "in": "query", "schema": limit}]


def _query(name: str, kind: str) -> dict[str, Any]:
    limits = {"maxLength": MAX_WORDS} if name == "q" else {}
    return {"name": name, "in": "query", "schema": {"type": kind, **limits}}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: str | None) -> dict[str, Any]:
    return {"application/json": {"schema": _schema(str(schema))}}


def _problem() -> dict[str, Any]:
    return {"application/problem+json": {"schema": _schema("Problem")}}


def _header() -> dict[str, Any]:
    return {"schema": {"type": "string"}}
