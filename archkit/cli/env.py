"""`archkit env`: what plain `pulumi` needs in its environment."""

from __future__ import annotations

import os
import shlex
from typing import Annotated

import typer

from archkit import console
from archkit.engine import ensure_engine
from archkit.stack.project import find_project
from archkit.stack.workspace import environment


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(env)


def env(as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of shell lines.")] = False) -> None:
    """Print what plain `pulumi` needs to share this project's engine, state and passphrase.

    Example:

        eval "$(archkit env)" && pulumi up --stack web-local
    """
    needed = environment(find_project(), ensure_engine(), make_passphrase=True)
    changed = {key: value for key, value in sorted(needed.items()) if os.environ.get(key) != value}
    if as_json:
        console.print_json(changed)
        return
    for key, value in changed.items():
        console.out.print(f"export {key}={shlex.quote(value)}", markup=False)
