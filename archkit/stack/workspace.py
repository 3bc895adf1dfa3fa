"""A stack as the Automation API sees it, with the engine, backend and passphrase that plain `pulumi` would use."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from archkit.engine import Engine, ensure_engine
from archkit.errors import UserError
from archkit.stack import backend, passphrase
from archkit.stack.project import Project

if TYPE_CHECKING:
    from pulumi import automation


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A stack that was made, ready to be deployed.

    Args:
        name: `web-local`.
        project: The checkout that it belongs to.
        config: Its configuration, as in its file.
        engine: Runs it.
        environment: What plain `pulumi` needs in its environment to see the same.

    """

    name: str
    project: Project
    config: dict[str, Any]
    engine: Engine
    environment: dict[str, str]

    @property
    def target(self) -> str:
        """Where it runs: `local` or `aws`."""
        return str(self.config.get("archkit:target", ""))

    @property
    def stack(self) -> automation.Stack:
        """The Automation API's view; making it calls the engine."""
        from pulumi import automation  # noqa: PLC0415 - a third of a second, which deploying does not need

        work_dir = os.fspath(self.project.root)
        return automation.select_stack(self.name, work_dir=work_dir, opts=options(self.engine, self.environment))

    @property
    def remade(self) -> automation.Stack:
        """As `stack`; where the backend does not know it, as on a new machine, it is made there of its file."""
        from pulumi import automation  # noqa: PLC0415 - as above

        work_dir = os.fspath(self.project.root)
        made = options(self.engine, self.environment)
        return automation.create_or_select_stack(self.name, work_dir=work_dir, opts=made)


def environment(project: Project, engine: Engine, *, make_passphrase: bool = False) -> dict[str, str]:
    """What plain `pulumi` needs in its environment: engine, passphrase, and a backend where nobody is logged in."""
    find = passphrase.ensure if make_passphrase else passphrase.environment
    return {**engine.environment(), **find(project, os.environ), **backend.environment(os.environ)}


def open_stack(project: Project, name: str) -> Opened:
    """An existing stack.

    Raises:
        UserError: It was never made, or its passphrase is missing.

    """
    file = project.stack_file(name)
    if not file.exists():
        known = project.unknown(name) if name not in project.shipped else ""
        message = known or f"stack: {name!r} was not made yet; run `archkit init {name}`"
        raise UserError(message)
    config = project.config(name)
    needs_passphrase = "encryptionsalt" in (yaml.safe_load(file.read_text()) or {})
    engine = ensure_engine()
    extra = environment(project, engine) if needs_passphrase else engine.environment() | backend.environment(os.environ)
    return Opened(name=name, project=project, config=config, engine=engine, environment=extra)


def options(engine: Engine, extra: dict[str, str]) -> automation.LocalWorkspaceOptions:
    """How the Automation API is to call the engine."""
    from pulumi import automation  # noqa: PLC0415 - as above

    return automation.LocalWorkspaceOptions(env_vars=extra, pulumi_command=engine.command())
