"""Finds what must not be seen in what was recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archkit.graph import SECRET
from archkit.recorder.sentinels import is_sentinel
from archkit.recorder.values import Secret

# Inside a secret object not every text is sensitive ("engine": "postgres"): those of such keys are, and long ones.
_TELLING = re.compile(r"pass|secret|token|credential|private|key", re.IGNORECASE)
_LONG = 16


def unmarked(value: Any) -> Any:
    """The value with `[secret]` in place of everything that is marked as secret."""
    if isinstance(value, Secret):
        return SECRET
    if isinstance(value, Mapping):
        return {key: unmarked(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [unmarked(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def sensitive(value: Any) -> Iterator[str]:
    """The texts that must appear nowhere else either: what is marked as secret in a value.

    A stand-in that the program marked tells nothing; those that a provider marks are known to the monitor.
    """
    if isinstance(value, Secret):
        yield from _texts(value.value, telling=True)
    elif isinstance(value, Mapping):
        for item in value.values():  # pyright: ignore[reportUnknownVariableType]
            yield from sensitive(item)
    elif isinstance(value, list):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from sensitive(item)


def _texts(value: Any, *, telling: bool) -> Iterator[str]:
    if isinstance(value, Secret):
        yield from _texts(value.value, telling=True)
    elif isinstance(value, Mapping):
        for key, item in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from _texts(item, telling=bool(_TELLING.search(str(key))))  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, list):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _texts(item, telling=telling)
    elif isinstance(value, str):
        if not is_sentinel(value) and (telling or len(value) >= _LONG):
            yield value
    elif isinstance(value, int) and not isinstance(value, bool) and telling:
        yield str(value)
