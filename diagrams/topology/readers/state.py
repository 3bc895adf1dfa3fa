"""Resources of the engine's state, as a preview and an export hold them, into the graph's form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from archkit.errors import UserError
from archkit.graph import SECRET, Graph, Position, Reference, Resource
from topology.readers.values import UNKNOWN, clean, secrets

STACK = "pulumi:pulumi:Stack"
_URN = re.compile(r"urn:pulumi:(?P<stack>[^:]+)::(?P<project>[^:]+)::(?P<type>.+?)::(?P<name>.*)", re.DOTALL)
_PLACE = re.compile(r"project:///(?P<file>[^#]+)#(?P<line>\d+)(,\d+)?")
SHORTEST_PART = 8  # below this a text that contains an output says nothing


def graph_of(states: Iterable[Mapping[str, Any]], *, source: str, region: str = "") -> Graph:
    """The graph of the states of a stack's resources; `region` where its configuration says one.

    Raises:
        UserError: There is none, or they are of no form that the engine writes.

    """
    listed = list(states)
    hidden = sorted(set(secrets(listed)))
    states_by_urn = {str(state.get("urn")): cast("Mapping[str, Any]", clean(state)) for state in listed}
    problems = [
        f"{source}: resources/{index}: must have a URN and a type, got {str(state.get('urn'))[:60]!r}; "
        "the file was edited: export it again"
        for index, state in enumerate(listed)
        if not _URN.fullmatch(str(state.get("urn"))) or not isinstance(state.get("type"), str)
    ]
    if problems:
        raise UserError.of(problems)
    if not states_by_urn:
        message = f"{source}: must hold resources, got none; the stack is empty: deploy it, or draw the program itself"
        raise UserError(message)
    outputs = {urn: _outputs(state) for urn, state in states_by_urn.items()}
    stacks = [urn for urn, state in states_by_urn.items() if state["type"] == STACK]
    first = _URN.fullmatch(next(iter(states_by_urn)))
    assert first is not None
    resources = [
        _resource(state, outputs, set(stacks)) for urn, state in sorted(states_by_urn.items()) if urn not in stacks
    ]
    graph = Graph(
        project=first["project"],
        stack=first["stack"],
        resources=tuple(resources),
        outputs=_mapping(states_by_urn[stacks[0]].get("outputs")) if stacks else {},
        positions={urn: at for urn, state in states_by_urn.items() if (at := _position(state)) and urn not in stacks},
        region=region,
    )
    return graph.redact(hidden)


def _resource(state: Mapping[str, Any], outputs: Mapping[str, Any], stacks: set[str]) -> Resource:
    urn = str(state["urn"])
    match = _URN.fullmatch(urn)
    assert match is not None
    inputs = _mapping(state.get("inputs"))
    reads = {
        str(key): tuple(sorted(str(one) for one in urns))
        for key, urns in _mapping(state.get("propertyDependencies")).items()
        if urns
    }
    custom = bool(state.get("custom"))
    provider = str(state.get("provider", "")).rpartition("::")[0]
    parent = str(state.get("parent", ""))
    return Resource(
        urn=urn,
        type=str(state["type"]),
        name=match["name"],
        parent="" if parent in stacks else parent,
        custom=custom,
        inputs=inputs,
        reads=reads,
        references=tuple(references(inputs, reads, outputs)),
        options={
            **({"protect": True} if state.get("protect") else {}),
            **({"provider": provider} if provider and "::default_" not in provider else {}),
        },
        outputs={} if custom else _mapping(state.get("outputs")),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _position(state: Mapping[str, Any]) -> Position | None:
    match = _PLACE.fullmatch(str(state.get("sourcePosition", "")))
    if match is None or match["file"].startswith(("../", "/")):
        return None
    return Position(file=match["file"], line=int(match["line"]))


def _outputs(state: Mapping[str, Any]) -> dict[str, str]:
    """Name of the output behind each telling value: identifiers first."""
    found: dict[str, str] = {}
    if state.get("id"):
        found[str(state["id"])] = "id"
    outputs = _mapping(state.get("outputs"))
    for key in ("arn", "id", *sorted(outputs)):
        value = outputs.get(key)
        if isinstance(value, str) and value and value != SECRET and UNKNOWN not in value:
            found.setdefault(value, key)
    return found


def references(
    inputs: Mapping[str, Any], reads: Mapping[str, Iterable[str]], outputs: Mapping[str, Mapping[str, str]]
) -> Iterator[Reference]:
    """Which output stands where: among what an input depends on, the one whose value is there, or is part of it."""
    found: set[Reference] = set()
    for key, urns in reads.items():
        for path, text in _leaves(inputs.get(key), key):
            for urn in urns:
                known = outputs.get(urn, {})
                output = known.get(text) or next(
                    (name for value, name in known.items() if len(value) >= SHORTEST_PART and value in text), ""
                )
                if output:
                    found.add(Reference(path=path, urn=urn, output=output))
    yield from sorted(found, key=lambda one: (one.path, one.urn, one.output))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, one in cast("Mapping[str, Any]", value).items():
            yield from _leaves(one, f"{path}.{key}")
    elif isinstance(value, list):
        for index, one in enumerate(cast("list[Any]", value)):
            yield from _leaves(one, f"{path}[{index}]")
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            document = json.loads(value)
        except ValueError:
            yield path, value
        else:
            yield from _leaves(document, path)
    elif isinstance(value, str):
        yield path, value
