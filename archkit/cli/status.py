"""`archkit status`: what runs where."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from docker.errors import DockerException
from requests.exceptions import RequestException
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from archkit import console
from archkit.errors import UserError
from archkit.stack.docker import clients
from archkit.stack.project import find_project
from archkit.stack.running import Task, tasks

_GOOD = {"healthy", "unchecked"}


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(status)


def status(
    stack: Annotated[str, typer.Argument(help="A deployed stack, such as `web-local`.")],
    watch: Annotated[bool, typer.Option("--watch", help="Follow until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what runs where: component, role, zone, state, health, version and for how long.

    Examples:

        archkit status web-local

        archkit status web-local --watch
    """
    config = find_project().config(stack)
    if config.get("archkit:target") != "local":
        message = (
            f"status: is for local stacks, got {stack!r} on aws; see `pulumi stack --stack {stack}` and the console"
        )
        raise UserError(message)
    daemons = clients(config)
    found = tasks(daemons, stack)
    if not found:
        message = f"stack: {stack!r} is not deployed on this Docker daemon; run `archkit up {stack}`"
        raise UserError(message)
    if as_json:
        console.print_json([task.document() for task in found])
        return
    if not watch:
        console.out.print(_table(found))
        return
    with Live(_table(found), console=console.out, auto_refresh=False, screen=False) as live:
        while True:
            time.sleep(1)
            live.update(_look(config, stack), refresh=True)


def _look(config: Mapping[str, Any], stack: str) -> Table | Text:
    """What runs now, asked anew of whoever answers: a zone may die, or a leader be elected, while somebody watches."""
    try:
        return _table(tasks(clients(config), stack))
    except (UserError, DockerException, RequestException) as error:
        return Text(f"no answer at the moment: {error}", style="yellow")


def _table(found: list[Task]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("component", "role", "slot", "zone", "state", "health", "version", "for"):
        table.add_column(title)
    for task in found:
        health = task.health if task.health in _GOOD else f"[red]{task.health}[/red]"
        state = (
            task.state
            if task.state == "running"
            else f"[yellow]{escape(' '.join([task.state, task.problem]))}[/yellow]"
        )
        version = task.image.split("@")[0].rsplit("/", 1)[-1]
        table.add_row(task.component, task.role, task.slot, task.zone, state, health, escape(version), _ago(task.since))
    return table


def _ago(since: datetime, now: Any = None) -> str:
    seconds = int(((now or datetime.now(UTC)) - since).total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{max(seconds, 0)} s"
