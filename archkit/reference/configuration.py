"""`docs/configuration.md`: every key of a stack's configuration, from the Args that define it."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from enum import Enum
from typing import Any, cast, get_args, get_origin, get_type_hints

from docstring_parser import parse

from components.settings import AwsSettings, LocalSettings
from stacks.program import DESIGNS
from stacks.settings import NAMESPACE

_HEAD = """# Configuration of a stack

Made from the code by `make docs`; do not edit. A stack's file (`archkit init` makes it) says these keys below
`config:`; each can be set with dots: `archkit init web-local --set local.port=8081`. What is left out has the default.
Unknown keys and values out of range are refused, all at once, before anything is touched.
"""
_PLAIN: dict[Any, str] = {str: "text", int: "integer", float: "number", bool: "true or false"}


def to_markdown() -> str:
    """The page: one table for each target's settings, and one for each design."""
    parts = [
        _HEAD,
        f"\n## Every stack\n\n| key | meaning |\n|---|---|\n"
        f"| `{NAMESPACE}:design` | Which reference design: {', '.join(f'`{name}`' for name in DESIGNS)}. |\n"
        f"| `{NAMESPACE}:target` | Where it runs: `aws` or `local`. |\n"
        f"| `{NAMESPACE}:profile` | How careful a deployment is: `dev` or `prod`. |\n",
        _section(f"`{NAMESPACE}:aws`: settings of the aws target", AwsSettings),
        _section(f"`{NAMESPACE}:local`: settings of the local target", LocalSettings),
    ]
    parts += [_section(f"`{NAMESPACE}:{name}`: the {name} design", design.config) for name, design in DESIGNS.items()]
    return "".join(parts)


def _section(title: str, kind: type[Any]) -> str:
    rows = "".join(
        f"| `{key}` | {type_} | {default} | {meaning} |\n" for key, type_, default, meaning in _rows(kind, kind(), "")
    )
    return f"\n## {title}\n\n| key | type | default | meaning |\n|---|---|---|---|\n{rows}"


def _rows(kind: type[Any], value: Any, prefix: str) -> Iterator[tuple[str, str, str, str]]:
    """Every key below a dataclass; `value` is its default, or None where it is left out by default."""
    hints = get_type_hints(kind)
    meanings = {one.arg_name: " ".join((one.description or "").split()) for one in parse(kind.__doc__ or "").params}
    for field in dataclasses.fields(kind):
        hint, key = hints[field.name], f"{prefix}{field.name}"
        inner = next((one for one in _parts(hint) if dataclasses.is_dataclass(one)), None)
        default = getattr(value, field.name) if value is not None else _own_default(field)
        many = get_origin(hint) in {tuple, list}
        if inner is None or many:
            yield key, _type(hint), _shown(default), meanings.get(field.name, "").replace("|", "\\|")
        if isinstance(inner, type):
            if default is None or type(None) in get_args(hint):
                shown = "none" if default is None else "as below; `null` for none"
                yield key, "object", shown, meanings.get(field.name, "").replace("|", "\\|")
            yield from _rows(inner, None if many else default, f"{key}{'[]' if many else ''}.")


def _own_default(field: dataclasses.Field[Any]) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else dataclasses.MISSING


def _parts(hint: Any) -> Iterator[Any]:
    if isinstance(hint, types.UnionType) or get_args(hint):
        for part in get_args(hint):
            yield from _parts(part)
    else:
        yield hint


def _type(hint: Any) -> str:
    if isinstance(hint, types.UnionType):
        return " or ".join(_type(part) for part in get_args(hint) if part is not type(None))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " or ".join(f"`{one.value}`" for one in hint)
    if get_origin(hint) in {tuple, list}:
        return f"list of {_type(get_args(hint)[0])}"
    if get_origin(hint) is not None:
        return "object"
    return _PLAIN.get(hint, "object")


def _shown(value: Any) -> str:
    if value is dataclasses.MISSING:
        return "required"
    if value is None or value in ((), [], {}):
        return "none"
    if isinstance(value, tuple) and dataclasses.is_dataclass(cast("tuple[Any, ...]", value)[0]):
        return f"the design's own {len(cast('tuple[Any, ...]', value))}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return f"`{value.value}`"
    return f"`{value}`"
