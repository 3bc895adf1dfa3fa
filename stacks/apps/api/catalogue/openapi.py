"""The OpenAPI document, from the same limits that requests are checked by."""

from __future__ import annotations

from typing import Any

from catalogue.requests import DEFAULT_PAGE, LENGTHS, MAX_CENTS, MAX_PAGE, MAX_WORDS

_REQUIRED = ["sku", "name", "category", "price_cents"]


def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "catalogue", "version": "1", "description": "Products: read by many, written by few."},
        "paths": {
            "/products": {
                "get": _read("A page of products, newest first.", "Page", [_query("category", "string"), *_paging()]),
                "post": _write("Makes a product.", "NewProduct", "201"),
            },
            "/products/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "get": _read("One product.", "Product", []),
                "patch": _write("Changes some of a product's fields.", "Changes", "200"),
                "delete": _write("Removes a product.", None, "204"),
            },
            "/search": {
                "get": _read(
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
    said = {
        "Refused": "The request makes no sense; `problems` says why.",
        "Missing": "There is no such product.",
        "Conflict": "Another product has that sku, or a request with that key is still under way.",
        "Reused": "The idempotency key was used for another request.",
        "Unavailable": "At the moment; `Retry-After` says when to send it again, with the same key.",
    }
    return {name: {"description": text, "content": _problem()} for name, text in said.items()}


def _read(summary: str, schema: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    stale = {
        "description": "`true`: older than it should be, since nothing newer can be had.",
        "schema": {"const": "true"},
    }
    headers = {"ETag": _header(), "Age": _header(), "Cache-Control": _header(), "X-Stale": stale}
    return {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": summary, "headers": headers, "content": _json(schema)},
            "304": {"description": "As `If-None-Match` says, the client has it."},
            **_failures({"400": "Refused", "503": "Unavailable"}),
            **(_failures({"404": "Missing"}) if schema == "Product" else {}),
        },
    }


def _write(summary: str, schema: str | None, status: str) -> dict[str, Any]:
    key = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "minLength": 8}}
    done: dict[str, Any] = {"description": summary}
    if status != "204":
        done["content"] = _json("Product")
    failures = {"400": "Refused", "404": "Missing", "409": "Conflict", "422": "Reused", "503": "Unavailable"}
    return {
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
