"""`graph.json` as it is written: its schema, and the reading of a file that somebody may have cut off or edited."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from archkit.errors import UserError
from archkit.graph.version import VERSION

Text = Annotated[str, Field(min_length=1)]
Urn = Annotated[str, Field(pattern=r"^urn:pulumi:[^:]+::[^:]+::.+::.*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ReferenceDocument(_Strict):
    """One use of another resource's output, exactly where it stands."""

    path: Text
    urn: Urn
    output: Text


class ResourceDocument(_Strict):
    """One registered resource."""

    urn: Urn
    type: Text
    name: str
    parent: Annotated[str, Field(pattern=r"^(urn:pulumi:.+)?$", description="Empty where the parent is the stack.")]
    custom: Annotated[bool, Field(description="True for a provider's resource, false for a component.")]
    inputs: dict[str, Any]
    reads: Annotated[dict[str, list[Urn]], Field(description="For each input, the resources that it depends on.")]
    references: list[ReferenceDocument]
    options: dict[str, Any]
    outputs: Annotated[dict[str, Any], Field(description="What a component registered; empty for other resources.")]


class GraphDocument(_Strict):
    """Everything that one run of a program registered."""

    version: Literal[1]
    project: Text
    stack: Text
    region: Annotated[str, Field(description="`aws:region` of the stack's configuration; absent: it says none.")] = ""
    resources: list[ResourceDocument]
    outputs: Annotated[dict[str, Any], Field(description="The stack's exports.")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="Of all but `sha256` and `positions`.")]
    positions: Annotated[
        dict[Urn, tuple[Text, Annotated[int, Field(ge=1)]]],
        Field(description="File, relative to the project's root, and line of each resource; not hashed."),
    ]


GRAPH_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "graph.json of archkit",
    **{key: value for key, value in GraphDocument.model_json_schema().items() if key != "title"},
}
"""JSON Schema of `graph.json`; published as `docs/graph.schema.json`."""


def parse(text: str, source: str) -> dict[str, Any]:
    """The contents of a `graph.json`.

    Args:
        text: The file's contents.
        source: Its name, for messages.

    Raises:
        UserError: It is no JSON, of another version, or breaks the schema: every place that does, at once.

    """
    again = "record it again with `archkit graph <design>-<target> --output <file>`"
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        message = f"{source}: must be JSON, is not at {at}: {error.msg}; it was cut off or edited: {again}"
        raise UserError(message) from error
    if not isinstance(document, dict):
        message = f"{source}: must be a graph, got {type(document).__name__}; {again}"
        raise UserError(message)
    version: Any = document.get("version")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if version != VERSION:
        message = f"{source}: version: must be {VERSION}, got {version!r}; another archkit wrote it: {again}"
        raise UserError(message)
    try:
        GraphDocument.model_validate_json(text)
    except ValidationError as error:
        raise UserError.of(_problem(source, one, again) for one in error.errors()) from error
    return document  # pyright: ignore[reportUnknownVariableType]


def _problem(source: str, error: Any, again: str) -> str:
    path = "/".join(str(part) for part in error["loc"] if part != "[key]")
    got = repr(error["input"])
    value = "" if error["type"] == "missing" else f", got {got if len(got) <= 60 else got[:57] + '...'}"
    return f"{source}: {path}: {error['msg'][:1].lower()}{error['msg'][1:]}{value}; the file was edited: {again}"
