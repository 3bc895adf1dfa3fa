"""The passphrase that encrypts a stack's secrets."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from archkit.errors import UserError
from archkit.stack.project import Project

VARIABLES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
_BYTES = 32


def passphrase_file(project: Project) -> Path:
    """Where `archkit init` keeps the passphrase that it made."""
    return project.private / "passphrase"


def environment(project: Project, given: Mapping[str, str]) -> dict[str, str]:
    """What has to be added to the environment so that Pulumi finds the passphrase.

    Raises:
        UserError: There is none, neither in the environment nor in the checkout.

    """
    if any(given.get(name) is not None for name in VARIABLES):
        return {}
    path = passphrase_file(project)
    if path.exists():
        return {"PULUMI_CONFIG_PASSPHRASE_FILE": os.fspath(path)}
    message = (
        f"passphrase: must be set, got nothing in {' or '.join(VARIABLES)}, and {path.relative_to(project.root)} "
        "is not there; it decrypts the stack's secrets; set the one that the stack was made with"
    )
    raise UserError(message)


def ensure(project: Project, given: Mapping[str, str]) -> dict[str, str]:
    """As `environment`, but makes a passphrase where there is none yet."""
    path = passphrase_file(project)
    if not path.exists() and all(given.get(name) is None for name in VARIABLES):
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(_BYTES))
    return environment(project, given)
