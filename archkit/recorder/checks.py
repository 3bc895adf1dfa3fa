"""Finds keys inside nested values that the provider does not have: the SDK checks only the outermost ones."""

from __future__ import annotations

import collections.abc
import difflib
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi import _types  # pyright: ignore[reportPrivateUsage]

from archkit.recorder.values import Secret


def unknown_keys(inputs: Mapping[str, Any], types: Mapping[str, Any]) -> Iterator[str]:
    """One text per key that no provider reads: where it stands, and the nearest one that there is."""
    for key, value in inputs.items():
        if key in types:
            yield from _inside(value, types[key], key)


def _inside(value: Any, type_: Any, path: str) -> Iterator[str]:
    if isinstance(value, Secret):
        yield from _inside(value.value, type_, path)
        return
    choices = list(_members(type_))
    if isinstance(value, list):
        items = [choice for choice in choices if typing.get_origin(choice) in (list, collections.abc.Sequence)]
        if len(items) == 1:
            for index, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
                yield from _inside(item, typing.get_args(items[0])[0], f"{path}[{index}]")
    elif isinstance(value, Mapping):
        classes = [choice for choice in choices if isinstance(choice, type) and _types.is_input_type(choice)]
        free = any(typing.get_origin(choice) in (dict, collections.abc.Mapping) or choice is Any for choice in choices)
        if len(classes) == 1 and not free:
            yield from _of_class(value, classes[0], path)  # pyright: ignore[reportUnknownArgumentType]


def _of_class(value: Mapping[str, Any], class_: type, path: str) -> Iterator[str]:
    known = _types.input_type_types(class_)
    for key, item in value.items():
        if key in known:
            yield from _inside(item, known[key], f"{path}.{key}")
        else:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known))}"
            yield f"{path}.{key}: no such property; {hint}"


def _members(type_: Any) -> Iterator[Any]:
    """What a value may be, without the wrappers that allow for outputs and awaitables."""
    if _types._is_union_type(type_):  # pyright: ignore[reportPrivateUsage]
        for member in typing.get_args(type_):
            yield from _members(member)
    elif type_ is not type(None) and typing.get_origin(type_) is not collections.abc.Awaitable:
        name = getattr(typing.get_origin(type_), "__name__", "")
        if name != "Output":
            yield type_
