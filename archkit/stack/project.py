"""The Pulumi project around the current folder, and the configurations that ship with it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from archkit.errors import UserError
from archkit.plain import mapping

PRIVATE = ".archkit"  # what belongs to this checkout alone: ignored by git


@dataclass(frozen=True, kw_only=True)
class Project:
    """A checkout with a `Pulumi.yaml`.

    Args:
        root: The folder that holds it.

    """

    root: Path

    @property
    def private(self) -> Path:
        """Where this checkout keeps its stacks' files, passphrase and journals."""
        return self.root / PRIVATE

    @property
    def shipped(self) -> dict[str, Path]:
        """The configurations that ship, by stack name: `web-local`, `web-aws`."""
        return {path.stem: path for path in sorted((self.root / "stacks" / "config").glob("*.yaml"))}

    def stack_file(self, stack: str) -> Path:
        """Pulumi's own file of a stack; it need not exist."""
        folder = yaml.safe_load((self.root / "Pulumi.yaml").read_text()).get("stackConfigDir", ".")
        return self.root / folder / f"Pulumi.{stack}.yaml"

    def config(self, stack: str) -> dict[str, Any]:
        """A stack's configuration: its own file's, or what ships under that name.

        Raises:
            UserError: Neither is there; the nearest known name is told.

        """
        for path in (self.stack_file(stack), self.shipped.get(stack)):
            if path and path.exists():
                return read_config(path)
        raise UserError(self.unknown(stack))

    def unknown(self, stack: str) -> str:
        """The problem with a stack that nobody made and that does not ship."""
        near = get_close_matches(stack, self.shipped, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(self.shipped)}"
        return (
            f"stack: must be <design>-<target>, got {stack!r}; no such configuration is in stacks/config and no such "
            f"stack was made; {hint}"
        )


def find_project(start: Path | None = None) -> Project:
    """The project that the current folder, or one above it, belongs to.

    Raises:
        UserError: There is none.

    """
    begin = (start or Path.cwd()).resolve()
    for folder in (begin, *begin.parents):
        if (folder / "Pulumi.yaml").exists():
            return Project(root=folder)
    message = f"project: no Pulumi.yaml in {begin} or above; run archkit inside a checkout of the project"
    raise UserError(message)


def read_config(path: Path) -> dict[str, Any]:
    """The `config:` part of a stack's file.

    Raises:
        UserError: The file is no YAML, or not of that form.

    """
    try:
        return mapping(mapping(yaml.safe_load(path.read_text())).get("config"))
    except (yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
        message = f"{path.name}: must be YAML with a part `config:`, got something else; {error}"
        raise UserError(message) from error
