"""`archkit up`, `preview`, `destroy`: a stack through the engine."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from archkit import console
from archkit.errors import UserError
from archkit.plain import mapping, text
from archkit.stack import operations, unchanged, volumes
from archkit.stack.docker import client
from archkit.stack.lab import is_on_lab
from archkit.stack.project import find_project
from archkit.stack.workspace import Opened, open_stack

Stack = Annotated[str, typer.Argument(help="A stack that `archkit init` made, such as `web-local`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(up)
    app.command()(preview)
    app.command()(destroy)


def up(stack: Stack, as_json: AsJson = False) -> None:
    """Deploy a stack, or bring it up to date.

    What is wrong with the configuration or the machine is said before anything is touched. Where a new version
    does not get healthy, the old one serves on, and the message shows its last lines.

    Examples:

        archkit up web-local

        archkit up web-aws --json
    """
    opened = open_stack(find_project(), stack)
    same = unchanged.since_last_up(opened)
    if not same:
        _prepare(opened)
    outputs = operations.up(opened, same=same)
    if as_json:
        console.print_json(outputs)
        return
    _show(outputs)
    console.out.print(
        f"look further: archkit status {stack} · archkit logs {stack} · archkit destroy {stack}", markup=False
    )


def preview(stack: Stack, as_json: AsJson = False) -> None:
    """Show what a deployment would change; nothing is touched.

    Examples:

        archkit preview web-local
    """
    opened = open_stack(find_project(), stack)
    same = unchanged.since_last_up(opened)
    if not same:
        from archkit.stack import preflight  # noqa: PLC0415 - it loads the designs, which takes most of a second

        preflight.check(stack, opened.config)
    changes = operations.preview(opened, same=same)
    if as_json:
        console.print_json(changes)
        return
    told = ", ".join(f"{count} to be {kind}" for kind, count in sorted(changes.items()) if kind != "same")
    console.out.print(told or "no changes", markup=False)


def destroy(
    stack: Stack,
    with_volumes: Annotated[bool, typer.Option("--volumes", help="Also remove the volumes with its data.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Also forget the stack: its state and its file.")] = False,
) -> None:
    """Remove everything that a stack made, in one run; volumes of data stay unless `--volumes` is given.

    Examples:

        archkit destroy web-local

        archkit destroy web-local --volumes --remove
    """
    project = find_project()
    opened = open_stack(project, stack)
    operations.destroy(opened)
    if opened.target == "local":
        _volumes(stack, opened.config, with_volumes=with_volumes)
    elif with_volumes:
        message = (
            "--volumes: is for local stacks, got one on aws; data there is guarded by deletion protection and vaults"
        )
        raise UserError(message)
    if remove:
        opened.stack.workspace.remove_stack(stack)
        project.stack_file(stack).unlink(missing_ok=True)
    console.out.print(f"stack {stack} is removed", markup=False)


def _prepare(opened: Opened) -> None:
    """Checks the design and the machine, and builds the images."""
    from archkit.stack import images, preflight  # noqa: PLC0415 - they load the designs: most of a second

    graph = preflight.check(opened.name, opened.config)
    if is_on_lab(opened.config):
        images.ensure_on_zones(opened.project, opened.name, opened.config)
    elif graph is not None:
        images.ensure_built(client(opened.config), *images.recipes_of(opened.project, graph))


def _volumes(stack: str, config: dict[str, Any], *, with_volumes: bool) -> None:
    daemon = client(config)
    if with_volumes:
        for name in volumes.remove(daemon, stack):
            console.out.print(f"  removed volume {name}", markup=False)
    elif kept := volumes.volumes(daemon, stack):
        console.out.print(f"  kept the data in {', '.join(kept)}; `--volumes` removes it too", markup=False)


def _show(outputs: dict[str, Any]) -> None:
    for key, value in sorted(outputs.items()):
        parts = mapping(value) if isinstance(value, dict) else {}
        shown = ", ".join(f"{name} {one}" for name, one in parts.items() if one is not None) or text(value)
        console.out.print(f"{key}: {shown}", markup=False)
