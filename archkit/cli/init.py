"""`archkit init`: makes a stack."""

from __future__ import annotations

from typing import Annotated

import typer

from archkit import console
from archkit.stack.initialise import init_stack, record_zones_of_swarm, summary
from archkit.stack.project import find_project


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(init)


def init(
    stack: Annotated[
        str, typer.Argument(help="`<design>-<target>`, such as `web-local`, or a name of your own with `--from`.")
    ],
    source: Annotated[str | None, typer.Option("--from", help="The shipped configuration to copy.")] = None,
    values: Annotated[list[str] | None, typer.Option("--set", help="A setting, `path=value`; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was made as JSON.")] = False,
) -> None:
    """Make a stack: its configuration file, its state and the passphrase for its secrets.

    A stack that is there already keeps what it has; `--set` changes single settings.

    Examples:

        archkit init web-local

        archkit init web-local --set local.port=8081 --set web.service.capacity.minimum=4

        archkit init staging --from web-aws --set aws.profile=dev
    """
    project = find_project()
    init_stack(project, stack, source=source, values=values or [])
    if project.config(stack).get("archkit:target") == "local":
        record_zones_of_swarm(project, stack)
    made = summary(project, stack)
    if as_json:
        console.print_json(made)
        return
    console.out.print(f"stack {stack} is ready")
    for key in ("file", "state", "passphrase"):
        console.out.print(f"  {key:<11} {made[key]}", markup=False)
    console.out.print(
        f'next: archkit up {stack}\n      or plain pulumi: eval "$(archkit env)" && pulumi up --stack {stack}',
        markup=False,
    )
