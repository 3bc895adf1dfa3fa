"""Values as the engine writes them into its JSON: secrets, unknowns and its own notes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from archkit.graph import SECRET, SENTINEL

# Marks of the engine's wire format (sdk/go/common/resource: `resource.SigKey`, `SecretSig`, `OutputValueSig`).
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark, not a secret
OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN = f"{SENTINEL}unknown"
# What stands for a value that is known after deployment only, one for each type (sdk/go/common/resource/plugin/rpc.go).
_UNKNOWNS = (
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
)


def clean(value: Any) -> Any:
    """The value without secrets (`[secret]`), unknowns (`mock://unknown`) and the provider's own bookkeeping."""
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, Any]", value)
        mark = mapping.get(SIGNATURE)
        if mark == OUTPUT_SIGNATURE and not mapping.get("secret"):
            return clean(mapping["value"]) if "value" in mapping else UNKNOWN
        if mark is not None:
            return SECRET if mark in (SECRET_SIGNATURE, OUTPUT_SIGNATURE) else f"[{mark}]"
        return {key: clean(one) for key, one in mapping.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [clean(one) for one in cast("list[Any]", value)]
    if isinstance(value, str):
        for unknown in _UNKNOWNS:
            if unknown in value:
                return value.replace(unknown, UNKNOWN)
    return value


def secrets(value: Any) -> Iterator[str]:
    """Every text that a secret holds in clear (`--show-secrets`), so that it can be hidden elsewhere as well."""
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, Any]", value)
        if mapping.get(SIGNATURE) in (SECRET_SIGNATURE, OUTPUT_SIGNATURE):
            if mapping.get(SIGNATURE) == SECRET_SIGNATURE or mapping.get("secret"):
                yield from _plain(mapping.get("plaintext"))
                yield from texts(mapping.get("value"))
            return
        for one in mapping.values():
            yield from secrets(one)
    elif isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from secrets(one)


def _plain(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        try:
            yield from texts(json.loads(value))
        except ValueError:
            yield value


def texts(value: Any) -> Iterator[str]:
    """Every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in cast("Mapping[str, Any]", value).values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from texts(one)
