"""`archkit simulate`: a policy tried on a load before it is deployed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from archkit import console
from archkit.errors import UserError
from archkit.graph import Graph
from archkit.plain import items, mapping, text
from archkit.recorder.stacks import record_stack
from archkit.simulate.curve import HELP, read_curve
from archkit.simulate.picture import render_html, render_svg
from archkit.simulate.scaling import World, simulate
from components.controller.agent.policy import Policy
from components.controller.agent.swarm import COMPONENT, SCALING

_HELP = """Try a policy on a load before it is deployed.

    Examples:

        archkit simulate scaling web-local --curve step:1x-5x

        archkit simulate scaling web-local --curve monday.csv --output scaling.svg
    """
commands = typer.Typer(no_args_is_help=True, help=_HELP)
_FORMATS = {".svg": render_svg, ".html": render_html}


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    app.add_typer(commands, name="simulate")


@commands.callback()
def _group() -> None:  # pyright: ignore[reportUnusedFunction]
    """Keeps `scaling` a command of its own while it is the only one."""


@commands.command()
def scaling(
    stack: Annotated[str, typer.Argument(help="A local design's stack, such as `web-local`.")],
    curve: Annotated[str, typer.Option(help=f"The load: {HELP}.")] = "step:1x-5x",
    base: Annotated[float, typer.Option(min=0.001, help="Requests a second that `1x` stands for.")] = 100,
    capacity: Annotated[float, typer.Option(min=0.001, help="Requests a second that one replica can answer.")] = 150,
    start_seconds: Annotated[float, typer.Option(min=0, help="Until a new replica gets requests.")] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="Print every second as JSON.")] = False,
    output: Annotated[Path | None, typer.Option(help="Draw it there: `.svg` or `.html`.")] = None,
) -> None:
    """Follow a load with the stack's own scaling policy, by the code that the controller runs.

    Examples:

        archkit simulate scaling web-local --curve step:1x-5x --base 100 --output scaling.svg

        archkit simulate scaling web-local --curve monday.csv --json
    """
    if output and output.suffix not in _FORMATS:
        message = f"--output: must end in {' or '.join(_FORMATS)}, got {output.name!r}"
        raise UserError(message)
    read = read_curve(curve, base)
    for name, policy in _policies(record_stack(stack), stack).items():
        done = simulate(policy, read, World(capacity_per_replica=capacity, start_seconds=start_seconds))
        if output:
            title = f"{stack}, {name}: {policy.minimum} to {policy.maximum} replicas on {read.name}"
            output.write_text(_FORMATS[output.suffix](done, title))
            console.err.print(f"{output}: written", markup=False)
        if as_json:
            console.print_json({"service": name, "policy": policy.document(), **done.document()})
            return
        for change in done.changes:
            console.out.print(
                f"{change['at']:>6.0f} s  {change['event']:<9}  {change['from']} -> {change['to']}", markup=False
            )
        console.out.print(
            f"{name}: {done.lost:.0f} of {done.offered:.0f} requests refused, at most "
            f"{max(one.replicas for one in done.moments)} replicas",
            markup=False,
        )
        return


def _policies(graph: Graph, stack: str) -> dict[str, Policy]:
    """Each service's policy, by the component's name: as the controller gets it."""
    found: dict[str, Policy] = {}
    for resource in graph.of_type("docker:index/service:Service"):
        labels = {
            text(mapping(one)["label"]): text(mapping(one)["value"]) for one in items(resource.inputs.get("labels"))
        }
        if SCALING in labels:
            found[labels[COMPONENT]] = Policy.read(json.loads(labels[SCALING]))
    if not found:
        message = (
            f"stack {stack!r}: must have a service whose minimum is below its maximum, on the local target, got none; "
            "what AWS does with the same policy is AWS's own arithmetic"
        )
        raise UserError(message)
    return found
