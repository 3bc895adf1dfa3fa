"""`archkit demo`: from nothing to a running design."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from archkit import console
from archkit.cli.check import line
from archkit.cli.graph import tree
from archkit.errors import ExitCode, UserError
from archkit.machine import NoDockerError, Target, prepare
from archkit.plain import items
from archkit.policies import all_policies, check
from archkit.recorder import record
from archkit.stack import operations, preflight, unchanged
from archkit.stack.docker import client
from archkit.stack.images import ensure_built, recipes_of
from archkit.stack.initialise import init_stack, record_zones_of_swarm
from archkit.stack.project import Project, find_project, read_config
from archkit.stack.running import tasks
from archkit.stack.sampling import Sample, sample
from archkit.stack.workspace import open_stack
from components.network.local import FEWEST_ZONES
from stacks.program import program

STACK = "web-local"
ON_AWS = "web-aws"
AUTHORITY = f".archkit/keys/{STACK}/cdn/authority.pem"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(demo)


def demo(
    port: Annotated[int | None, typer.Option(help="Port of this machine to answer on, instead of 8080.")] = None,
) -> None:
    """Set up this machine, deploy the `web` design on its Docker, send requests and show who answered.

    Where no Docker Engine can be had, the design is recorded and checked on both targets and its graph shown, and the
    exit code is 3.

    Examples:

        archkit demo

        archkit demo --port 8090
    """
    project = find_project()
    try:
        prepare(Target.LOCAL)
    except NoDockerError as error:
        _without_docker(project, error)
    with console.step(f"stack {STACK}"):
        init_stack(project, STACK, values=[f"local.port={port}"] if port else [])
        zones = record_zones_of_swarm(project, STACK)
    opened = open_stack(project, STACK)
    same = unchanged.since_last_up(opened)
    if not same and (graph := preflight.check(STACK, opened.config)) is not None:
        ensure_built(client(opened.config), *recipes_of(project, graph))
    outputs = operations.up(opened, same=same)
    url = str(outputs["origin_url"])
    with console.step("60 requests through the load balancer"):
        answers = sample(url)
    _show(url, answers, opened.config, edges=[str(one) for one in items(outputs["urls"])], zones=zones)
    if answers.failed:
        message = f"{url}: all requests must be answered, got {answers.failed}; see `archkit logs {STACK}`"
        raise UserError(message)


def _show(url: str, answers: Sample, config: dict[str, object], *, edges: list[str], zones: list[str]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("replica", "zone", "answers"):
        table.add_column(title)
    for (replica, zone), count in answers.answered.items():
        table.add_row(escape(replica), escape(zone), str(count))
    console.out.print(table)
    running = tasks([client(config)], STACK)
    counted = ", ".join(
        f"{sum(task.component == name for task in running)} {name}"
        for name in sorted({task.component for task in running})
    )
    console.out.print(f"\nthe web design answers at {url}", markup=False)
    console.out.print(f"  edge         {' and '.join(edges)}: the CDN before it", markup=False)
    console.out.print(f"               trust {AUTHORITY}, or let the browser pass", markup=False)
    console.out.print(f"               {edges[0]}/page/ is kept there, each part for a time of its own", markup=False)
    console.out.print(f"  running      {counted}", markup=False)
    console.out.print(f"  zones        {_zones(zones)}", markup=False)
    console.out.print(f"  look         archkit status {STACK} · archkit logs {STACK} --follow", markup=False)
    console.out.print("  break it     docker kill one of its replicas, and reload the page", markup=False)
    console.out.print(f"  remove       archkit destroy {STACK}", markup=False)
    console.out.print(f"  (archkit is {_command()})", markup=False)


def _zones(labelled: list[str]) -> str:
    """Which zones the replicas are spread over, or how to get some."""
    if len(labelled) >= FEWEST_ZONES:
        return f"{', '.join(labelled)}: replicas are spread over them"
    return f"{len(labelled) or 'none'} labelled, so replicas are not spread; `archkit lab up` gives three on Linux"


def _command() -> str:
    found = Path(sys.argv[0])
    here = Path.cwd()
    return os.fspath(found.relative_to(here) if found.is_relative_to(here) else found)


def _without_docker(project: Project, error: NoDockerError) -> None:
    """Does what needs no Docker Engine: records the design on both targets, checks it, and shows what it would make."""
    findings: list[str] = []
    recorded = {name: record(program(read_config(project.shipped[name])), stack=name) for name in (STACK, ON_AWS)}
    for name, graph in recorded.items():
        found = check(graph)
        findings += [f"{name}: {line(one)}" for one in found]
        kinds = len({resource.type for resource in graph.resources})
        kept = f"{len(found)} findings" if found else f"they keep all {len(all_policies())} policies"
        console.out.print(f"{name}: {len(graph.resources)} resources of {kinds} types; {kept}", markup=False)
    console.wide().print(tree(recorded[STACK]))
    raise UserError(
        *error.problems,
        f"the design was recorded and checked on both targets, but not deployed: that needs a Docker Engine; see "
        f"`archkit doctor` for how to get one; what {STACK} would make is shown above, `archkit graph {ON_AWS}` shows "
        "the same on AWS",
        *findings,
        exit_code=ExitCode.FAILED if findings else ExitCode.DEGRADED,
    )
