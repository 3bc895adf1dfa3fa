"""Makes a stack: its file, its state and its passphrase, so that `pulumi up` works as well as `archkit up`."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from pulumi import automation

from archkit.engine import ensure_engine
from archkit.errors import UserError
from archkit.stack import backend, passphrase
from archkit.stack.docker import client, zones_of
from archkit.stack.project import Project, read_config
from archkit.stack.workspace import environment, options
from components.errors import InvalidArgsError
from stacks.program import program

# What passwords and certificates of a local stack follow from; encrypted in its file.
SECRET = "archkit:secret"  # noqa: S105 - its key
_SECRET_BYTES = 32


def init_stack(project: Project, name: str, *, source: str | None = None, values: Sequence[str] = ()) -> Path:
    """Makes a stack of a shipped configuration; one that is there already keeps what it has.

    Args:
        project: The checkout.
        name: The stack's name, and by default the configuration's: `web-local`.
        source: The shipped configuration to copy where it has another name.
        values: Settings to change, `path=value`: `local.port=8081`, `web.service.capacity.minimum=2`.

    Returns:
        The stack's own file.

    Raises:
        UserError: No such configuration, or a setting that is no setting.
        InvalidArgsError: The configuration is refused; nothing was made.

    """
    file = project.stack_file(name)
    shipped = project.shipped.get(source or name)
    if shipped is None and not file.exists():
        raise UserError(project.unknown(source or name))
    changes = [_change(one) for one in values]
    before = file.read_bytes() if file.exists() else None
    fresh = before is None
    stack: automation.Stack | None = None
    engine = ensure_engine()
    extra = environment(project, engine, make_passphrase=True)
    if fresh and shipped is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shipped, file)
    try:
        stack = automation.create_or_select_stack(name, work_dir=os.fspath(project.root), opts=options(engine, extra))
        if read_config(file).get("archkit:target") == "local" and not read_config(file).get(SECRET):
            stack.set_config(SECRET, automation.ConfigValue(secrets.token_urlsafe(_SECRET_BYTES), secret=True))
        for key, value in changes:
            stack.set_config(key, automation.ConfigValue(value), path=True)
        program(read_config(file))
    except automation.CommandError as error:
        if fresh:
            file.unlink(missing_ok=True)
        message = f"stack: {name!r} could not be made; {_last_line(str(error))}"
        raise UserError(message) from error
    except InvalidArgsError:
        if before is not None:
            file.write_bytes(before)
        elif stack is not None:
            stack.workspace.remove_stack(name)
            file.unlink(missing_ok=True)
        raise
    return file


def record_zones_of_swarm(project: Project, name: str) -> list[str]:
    """Writes the zones that the swarm's nodes are labelled with into a local stack's configuration, and gives them.

    A stack can be made before there is a Docker daemon to ask: then what it has stays.
    """
    try:
        found = zones_of(client(project.config(name)))
    except UserError:
        return []
    if found:
        record_zones(project, name, found)
    return found


def record_zones(project: Project, name: str, zones: Sequence[str]) -> None:
    """Writes the zones that exist into a local stack's configuration; fewer than three are no constraint."""
    engine = ensure_engine()
    extra = environment(project, engine)
    stack = automation.select_stack(name, work_dir=os.fspath(project.root), opts=options(engine, extra))
    local = dict(project.config(name).get("archkit:local") or {})
    if list(local.get("zones") or []) != list(zones):
        local["zones"] = list(zones)
        stack.set_config("archkit:local", automation.ConfigValue(json.dumps(local)))


def summary(project: Project, name: str) -> dict[str, str]:
    """What was made, for people: where the file, the state and the passphrase are."""
    given = os.environ
    secret = (
        "from the environment"
        if any(given.get(one) for one in passphrase.VARIABLES)
        else _shown(passphrase.passphrase_file(project), project)
    )
    return {
        "stack": name,
        "file": _shown(project.stack_file(name), project),
        "state": given.get("PULUMI_BACKEND_URL") or backend.logged_in(given) or backend.LOCAL,
        "passphrase": secret,
    }


def _shown(path: Path, project: Project) -> str:
    return os.fspath(path.relative_to(project.root) if path.is_relative_to(project.root) else path)


def _change(text: str) -> tuple[str, str]:
    path, separator, value = text.partition("=")
    if not separator or not path:
        message = f"--set: must be path=value, got {text!r}; such as local.port=8081"
        raise UserError(message)
    return f"archkit:{path}", value


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("error:")]
    return lines[-1] if lines else text.strip()[-300:]
