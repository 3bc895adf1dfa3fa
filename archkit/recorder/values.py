"""From what goes over Pulumi's wire to plain data, with secrets marked and this machine's paths made relative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

UNKNOWN = "[unknown]"
_SIGNATURE = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage]
_SECRET = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage]
_RESOURCE = rpc._special_resource_sig  # pyright: ignore[reportPrivateUsage]
_ASSET = rpc._special_asset_sig  # pyright: ignore[reportPrivateUsage]
_ARCHIVE = rpc._special_archive_sig  # pyright: ignore[reportPrivateUsage]


@dataclass(frozen=True)
class Secret:
    """A value that must not be seen; it is kept until all is recorded, to find copies of it elsewhere."""

    value: Any


def secret(value: Any) -> dict[str, Any]:
    """A value as a provider sends it when it is secret."""
    return {_SIGNATURE: _SECRET, "value": value}


def is_wire_secret(value: struct_pb2.Value) -> bool:
    """Whether a value arrived marked as secret."""
    fields = value.struct_value.fields
    return _SIGNATURE in fields and fields[_SIGNATURE].string_value == _SECRET


def plain_struct(struct: struct_pb2.Struct, root: Path) -> dict[str, Any]:
    """All properties of a message as plain data."""
    return {key: plain(value, root) for key, value in struct.fields.items()}


def plain(value: struct_pb2.Value, root: Path) -> Any:
    """One value as plain data: whole numbers as `int`, secrets as `Secret`, paths below the root relative to it."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _from_struct(value.struct_value, root)
    if kind == "list_value":
        return [plain(item, root) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "string_value":
        return _text(value.string_value, root)
    return value.bool_value if kind == "bool_value" else None


def _from_struct(struct: struct_pb2.Struct, root: Path) -> Any:
    fields = struct.fields
    signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else ""
    if signature == _SECRET:
        return Secret(plain(fields["value"], root))
    if signature == _RESOURCE:
        return fields["urn"].string_value
    contents = {key: plain(item, root) for key, item in fields.items() if key != _SIGNATURE}
    if signature in (_ASSET, _ARCHIVE):
        return {"asset" if signature == _ASSET else "archive": contents}
    return contents


def _text(text: str, root: Path) -> str:
    if text == rpc.UNKNOWN:
        return UNKNOWN
    # The graph is the same on every machine, so nothing in it says where the project lies on this one.
    folder = str(root)
    if len(folder) > 1 and folder in text:
        text = text.replace(f"{folder}/", "./")
        return "." if text == folder else text
    return text


def revealed(value: Any) -> Any:
    """The value without its marks, secrets in clear text: for what derives outputs, never for the graph."""
    if isinstance(value, Secret):
        return revealed(value.value)
    if isinstance(value, Mapping):
        return {key: revealed(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [revealed(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def struct_of(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Plain data as a message."""
    struct = struct_pb2.Struct()
    struct.update(dict(values))
    return struct
