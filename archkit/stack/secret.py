"""A local stack's root secret, for whoever must prove themselves to what it deployed."""

from __future__ import annotations

from pulumi import automation

from archkit.errors import UserError
from archkit.stack.initialise import SECRET
from archkit.stack.project import Project
from archkit.stack.workspace import open_stack


def root_secret(project: Project, stack: str) -> str:
    """What a stack's passwords and certificates follow from, decrypted by the engine.

    Raises:
        UserError: The stack has none, was never made, or its passphrase is missing or another.

    """
    opened = open_stack(project, stack)
    if not opened.config.get(SECRET):
        message = f"{SECRET}: must be in the configuration of {stack}, got nothing; `archkit init {stack}` makes one"
        raise UserError(message)
    try:
        return opened.stack.get_config(SECRET).value
    except automation.CommandError as error:
        message = f"{SECRET}: must be readable, but the engine cannot decrypt it; is the passphrase of {stack} set?"
        raise UserError(message) from error
