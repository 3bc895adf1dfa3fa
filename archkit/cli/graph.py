"""`archkit graph`: what a design registers, without deploying it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.tree import Tree

from archkit import console
from archkit.errors import UserError
from archkit.graph import Graph, Resource
from archkit.recorder.stacks import record_stack


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(graph)


def graph(
    stack: Annotated[str, typer.Argument(help="`<design>-<target>`, such as `web-aws`.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print graph.json.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write graph.json there instead.")] = None,
) -> None:
    """Record a design without a cloud and show every resource that it makes.

    Examples:

        archkit graph web-local

        archkit graph web-aws --json

        archkit graph web-aws --output graph.json
    """
    recorded = record_stack(stack)
    if output:
        _write(recorded, output)
        console.err.print(f"{output}: {len(recorded.resources)} resources, sha256 {recorded.hash[:12]}", markup=False)
    if as_json:
        console.out.file.write(recorded.to_json())
    elif not output:
        console.wide().print(tree(recorded))


def _write(recorded: Graph, output: Path) -> None:
    try:
        output.write_text(recorded.to_json())
    except OSError as error:
        message = f"--output: must be a file that can be written, got {output}; {error.strerror}"
        raise UserError(message) from error


def tree(recorded: Graph) -> Tree:
    """The graph as a tree of parents and children, with the place of each in the project's own files."""
    by_parent: dict[str, list[Resource]] = {}
    for one in recorded.resources:
        by_parent.setdefault(one.parent, []).append(one)
    count = len(recorded.resources)
    root = Tree(f"[bold]{escape(recorded.stack)}[/bold] [dim]{count} resources, sha256 {recorded.hash[:12]}[/dim]")
    _grow(root, "", by_parent, recorded)
    if recorded.outputs:
        exports = root.add("[bold]exports[/bold]")
        for name, value in sorted(recorded.outputs.items()):
            exports.add(f"{escape(name)} [dim]{escape(_short(value))}[/dim]")
    return root


def _grow(branch: Tree, parent: str, by_parent: Mapping[str, list[Resource]], recorded: Graph) -> None:
    for one in sorted(by_parent.get(parent, []), key=lambda resource: (resource.type, resource.name)):
        name = escape(one.name) if one.custom else f"[bold]{escape(one.name)}[/bold]"
        grown = branch.add(f"{name} [cyan]{escape(one.type)}[/cyan] [dim]{escape(recorded.place(one.urn))}[/dim]")
        _grow(grown, one.urn, by_parent, recorded)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 100 else f"{text[:99]}…"
