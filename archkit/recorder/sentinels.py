"""Finds in text which outputs it was made from."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from archkit.graph import SENTINEL, Reference
from archkit.graph.redaction import ENCODED, decoded
from archkit.recorder.values import Secret

_FOUND = re.compile(re.escape(SENTINEL) + r"([^\s\"'#\\<>]+)#([A-Za-z_]\w*(?:\[\d+\]|\.[A-Za-z_]\w*)*)")
_SAFE = "/:.@!$&()*+,;=-_~[]|"


def prefix(type_: str, name: str) -> str:
    """What every stand-in of a resource begins with; characters that would end it early are percent-encoded."""
    return f"{SENTINEL}{type_}/{urllib.parse.quote(name, safe=_SAFE)}#"


def is_sentinel(text: str) -> bool:
    """Whether a text is one stand-in and nothing else."""
    return _FOUND.fullmatch(text) is not None


@dataclass
class Issued:
    """The stand-ins handed out so far: by their prefix, each resource that has it, with its outputs' paths.

    Two resources of one type and name below different parents share a prefix; what a property depends on tells
    them apart.
    """

    by_prefix: dict[str, dict[str, Collection[str]]] = field(default_factory=dict[str, dict[str, Collection[str]]])
    by_value: dict[str, dict[str, list[str]]] = field(default_factory=dict[str, dict[str, list[str]]])

    def add(self, prefix_: str, urn: str, paths: Collection[str], state: Mapping[str, Any]) -> None:
        """Takes down one resource.

        Args:
            prefix_: What its stand-ins begin with.
            urn: The resource.
            paths: Its outputs that the stand-ins name.
            state: All its outputs, plain ones too.

        """
        self.by_prefix.setdefault(prefix_, {})[urn] = paths
        values = self.by_value.setdefault(urn, {})
        for path, value in _leaves(state, ""):
            values.setdefault(value, []).append(path)

    def references(self, inputs: Mapping[str, Any], reads: Mapping[str, Collection[str]]) -> tuple[Reference, ...]:
        """Each use of an output inside a resource's inputs."""
        found: set[Reference] = set()
        for key, value in inputs.items():
            near = reads.get(key, ())
            named = set(self._in(value, key, near))
            found |= named | set(self._by_value(value, key, set(near) - {one.urn for one in named}))
        return tuple(sorted(found, key=lambda one: (one.path, one.urn, one.output)))

    def _by_value(self, value: Any, key: str, urns: Collection[str]) -> Iterator[Reference]:
        """Plain outputs (a zone, a name that was given) name no place: an equal value of what is depended on does.

        Only where that is one output; otherwise the dependency alone is known.
        """
        for path, text in _leaves(value, key) if urns else ():
            for urn in urns:
                outputs = self.by_value.get(urn, {}).get(text, ())
                if len(outputs) == 1:
                    yield Reference(path=path, urn=urn, output=outputs[0])

    def _in(self, value: Any, path: str, near: Collection[str]) -> Iterator[Reference]:
        if isinstance(value, Secret):
            yield from self._in(value.value, path, near)
        elif isinstance(value, Mapping):
            for key, item in value.items():  # pyright: ignore[reportUnknownVariableType]
                yield from self._in(item, f"{path}.{key}", near)
                yield from self._in_text(str(key), path, near)  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(value, list):
            for index, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
                yield from self._in(item, f"{path}[{index}]", near)
        elif isinstance(value, str):
            yield from self._in_string(value, path, near)

    def _in_string(self, text: str, path: str, near: Collection[str]) -> Iterator[Reference]:
        if text.lstrip()[:1] in ("{", "["):
            try:
                document = json.loads(text)
            except json.JSONDecodeError:
                pass
            else:
                yield from self._in(document, path, near)
                return
        for match in ENCODED.finditer(text):
            yield from self._in_string(decoded(match[0]) or "", path, near)
        yield from self._in_text(urllib.parse.unquote(text) if "%3A%2F%2F" in text else text, path, near)

    def _in_text(self, text: str, path: str, near: Collection[str]) -> Iterator[Reference]:
        for match in _FOUND.finditer(text):
            holders = self.by_prefix.get(f"{SENTINEL}{match[1]}#", {})
            for urn in [urn for urn in holders if urn in near] or list(holders):
                output = _longest(match[2], holders[urn])
                if output:
                    yield Reference(path=path, urn=urn, output=output)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Texts and numbers with their place; a number as text, for it is often passed on as one."""
    if isinstance(value, Secret):
        yield from _leaves(value.value, path)
    elif isinstance(value, Mapping):
        for key, item in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from _leaves(item, f"{path}.{key}" if path else str(key))  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, list):
        for index, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from _leaves(item, f"{path}[{index}]")
    elif value and isinstance(value, (str, int)) and not isinstance(value, bool):
        yield path, str(value)


def _longest(path: str, known: Collection[str]) -> str:
    """The output that the text begins with: `arn` of `arn.bak`."""
    for end in range(len(path), 0, -1):
        if path[:end] in known:
            return path[:end]
    return ""
