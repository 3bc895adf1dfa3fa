"""Typed reading of plain documents (JSON, YAML, the Docker API): nothing stands for an empty part."""

from collections.abc import Mapping
from typing import Any, cast


def mapping(value: Any) -> dict[str, Any]:
    """A part that is an object; None is an empty one."""
    return dict(cast("Mapping[str, Any]", value)) if value else {}


def items(value: Any) -> list[Any]:
    """A part that is a list; None is an empty one."""
    return list(cast("list[Any]", value)) if value else []


def text(value: Any) -> str:
    """A part that is a text; None is an empty one."""
    return "" if value is None else str(value)
