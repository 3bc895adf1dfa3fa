"""What the loaded provider SDKs say of a type token: its class, the types of its outputs and of its inputs."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pulumi
from pulumi import _types  # pyright: ignore[reportPrivateUsage]


class Sdk:
    """Looks classes up by type token, among those that the program has imported."""

    _classes: dict[str, type[pulumi.CustomResource]]

    def __init__(self) -> None:
        self._classes = {}

    def resource(self, token: str) -> type[pulumi.CustomResource] | None:
        """The class of a resource type; None where no loaded package has one."""
        if token not in self._classes:
            # Classes appear as the program imports modules, so a miss looks again.
            self._classes = {
                found.pulumi_type: found
                for found in _subclasses(pulumi.CustomResource)
                if isinstance(getattr(found, "pulumi_type", None), str)
            }
        return self._classes.get(token)


def _subclasses(base: type[pulumi.CustomResource]) -> Iterator[Any]:
    for found in base.__subclasses__():
        yield found
        yield from _subclasses(found)


@cache
def output_types(cls: type) -> Mapping[str, tuple[Any, bool]]:
    """For each output by its camelCase name: its type, and whether it can be missing."""
    return {name: _unwrapped(hint) for name, hint in _types._raw_return_hints(cls).items()}  # pyright: ignore[reportPrivateUsage]


def _unwrapped(hint: Any) -> tuple[Any, bool]:
    inner = _types.unwrap_type(hint)
    return inner, _types.unwrap_optional_type(_output_argument(hint)) is not _output_argument(hint)


def _output_argument(hint: Any) -> Any:
    return hint.__args__[0] if getattr(hint, "__origin__", None) is pulumi.Output else hint


@cache
def input_types(cls: type) -> Mapping[str, Any]:
    """The type of each top-level input of a resource class, by camelCase name; empty where it has no Args."""
    module = sys.modules.get(cls.__module__)
    arguments = getattr(module, f"{cls.__name__}Args", None)
    if arguments is None or not _types.is_input_type(arguments):
        return {}
    return _types.input_type_types(arguments)


@cache
def function_result(token: str) -> type | None:
    """The class of a provider function's result, whose fields are its outputs; None where none is found."""
    package, _, rest = token.partition(":")
    module, _, member = rest.partition(":")
    folder = module.partition("/")[0]
    path = f"pulumi_{package.replace('-', '_')}"
    if folder != "index":
        path += f".{folder}"
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", member).lower()
    try:
        found = importlib.import_module(f"{path}.{snake}")
    except ImportError:
        return None
    result = getattr(found, f"{member[:1].upper()}{member[1:]}Result", None)
    return result if isinstance(result, type) and _types.is_output_type(result) else None


@cache
def default_version(cls: type) -> str:
    """The version that an SDK's class asks for of its own accord; empty where that is not known."""
    package = cls.__module__.partition(".")[0]
    utilities = sys.modules.get(f"{package}._utilities")
    return str(utilities.get_version()) if utilities else ""


def written_out(inputs: Mapping[str, Any], class_: type | None) -> dict[str, str]:
    """Documents given as objects (IAM policies) come back from the provider as JSON text."""
    types: Mapping[str, tuple[Any, bool]] = output_types(class_) if class_ else {}
    return {
        name: json.dumps(value)
        for name, value in inputs.items()
        if isinstance(value, dict) and name in types and types[name][0] is str
    }
