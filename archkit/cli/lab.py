"""`archkit lab`: three real zones on one Linux machine."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from archkit import console
from archkit import lab as zones
from archkit.errors import UserError
from archkit.lab import fabric
from archkit.lab.swarm import wait_until_ready

_HELP = """Three real zones on one Linux machine; any of them can really die.

    Examples:

        archkit lab up && archkit init web-lab && archkit up web-lab

        archkit lab zone-down c && archkit lab status

        archkit lab zone-up c && archkit lab down
    """
lab = typer.Typer(no_args_is_help=True, help=_HELP)
ZoneName = Annotated[str, typer.Argument(help="`a`, `b` or `c`.")]


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    app.add_typer(lab, name="lab")


@lab.command()
def up() -> None:
    """Make three zones: a Docker daemon each, joined into one swarm; needs root.

    What is there already stays, also after a crash half-way. The machine's own Docker is not touched.

    Examples:

        archkit lab up && archkit init web-lab && archkit up web-lab
    """
    zones.up(zones.Lab())
    console.out.print(_table(zones.status(zones.Lab())))
    console.out.print(
        "reach the zones from their clients' network: archkit lab exec curl http://10.99.0.1:8080/\n"
        "take one away: archkit lab zone-down c · give it back: archkit lab zone-up c · remove all: archkit lab down",
        markup=False,
    )


@lab.command()
def down() -> None:
    """Remove the lab with everything in it, and make sure that nothing is left.

    Examples:

        archkit lab down
    """
    with console.step("removing the lab"):
        zones.down(zones.Lab())
    console.out.print("nothing of the lab is left")


@lab.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show each zone: its power, its network cable, and what the swarm says of it.

    Examples:

        archkit lab status --json
    """
    found = zones.status(zones.Lab())
    if as_json:
        console.print_json([asdict(one) for one in found])
    elif not found:
        message = "lab: there is none on this machine; run `archkit lab up`"
        raise UserError(message)
    else:
        console.out.print(_table(found))


@lab.command()
def zone_down(
    zone: ZoneName,
    cut: Annotated[bool, typer.Option("--cut", help="Pull its network cable instead of its power.")] = False,
) -> None:
    """Take a zone away: its power, as in a power failure, or only its network.

    Examples:

        archkit lab zone-down c

        archkit lab zone-down c --cut
    """
    lab_ = _existing()
    zones.zone_down(lab_, lab_.zone(zone), cut=cut)
    console.out.print(
        f"zone {zone} is {'cut off' if cut else 'off'}; archkit lab zone-up {zone} undoes it", markup=False
    )


@lab.command()
def zone_up(zone: ZoneName) -> None:
    """Give a zone back what it lacks, and wait until the swarm has it again.

    Examples:

        archkit lab zone-up c
    """
    lab_ = _existing()
    with console.step(f"zone {zone} back in the swarm"):
        zones.zone_up(lab_, lab_.zone(zone))
        wait_until_ready(lab_, patience_seconds=90)  # a cut-off manager elects anew: up to 40 s were measured
    console.out.print(_table(zones.status(lab_)))


@lab.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def exec(command: Annotated[list[str], typer.Argument(help="The command and its arguments.")]) -> None:
    """Run a command in the network of the lab's clients, from where every zone's address can be reached.

    Examples:

        archkit lab exec curl http://10.99.0.1:8080/
    """
    whole = (*fabric.inside(_existing().clients), *command)
    os.execvp(whole[0], whole)  # noqa: S606 - the user's own command, without a shell


def _existing() -> zones.Lab:
    found = zones.Lab()
    if not zones.status(found):
        message = "lab: there is none on this machine; run `archkit lab up`"
        raise UserError(message)
    return found


def _table(found: list[zones.ZoneState]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("zone", "address", "power", "cable", "in the swarm"):
        table.add_column(title)
    for one in found:
        power = "on" if one.power else "[red]off[/red]"
        cable = "in" if one.cable else "[red]pulled[/red]"
        node = one.node if one.node == "ready" else f"[red]{one.node or 'unknown'}[/red]"
        table.add_row(one.name, one.address, power, cable, node)
    return table
