"""What a program is told by `Pulumi.yaml`: mocks do not read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from archkit.errors import UserError

FILE = "Pulumi.yaml"


@dataclass(frozen=True, kw_only=True)
class Project:
    """What a project file says: its name, the defaults of its configuration, and which of these are secret."""

    name: str | None = None
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])
    secret_keys: frozenset[str] = frozenset()


def find_root(start: Path) -> Path:
    """The nearest folder upwards that holds a project file; the start itself where there is none."""
    return next((folder for folder in (start, *start.parents) if (folder / FILE).is_file()), start)


def read_project(root: Path, name: str) -> Project:
    """The project file below a root; an empty one where there is none.

    Args:
        root: Folder of the project.
        name: Namespace of keys that are written without one.

    Raises:
        UserError: The file is no YAML mapping.

    """
    file = root / FILE
    if not file.is_file():
        return Project()
    try:
        document: Any = yaml.safe_load(file.read_text())
    except yaml.YAMLError as error:
        message = f"{file}: must be YAML: {error}"
        raise UserError(message) from error
    if not isinstance(document, dict):
        message = f"{file}: must be a mapping with a name, got {type(document).__name__}"
        raise UserError(message)
    contents = cast("dict[str, Any]", document)
    stated = cast("dict[str, Any]", contents.get("config") or {})
    keys = {full_key(key, name): entry for key, entry in stated.items()}
    return Project(
        name=contents.get("name"),
        defaults={key: as_text(value) for key, entry in keys.items() if (value := _default(entry)) is not None},
        secret_keys=frozenset(key for key, entry in keys.items() if _mapping(entry).get("secret")),
    )


def full_key(key: str, project: str) -> str:
    """A key with its namespace: the project's where it has none."""
    return key if ":" in key else f"{project}:{key}"


def as_text(value: Any) -> str:
    """A value as Pulumi hands it to a program: structured ones as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _default(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    stated = _mapping(cast("Any", entry))
    return stated["value"] if "value" in stated else stated.get("default")


def _mapping(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
