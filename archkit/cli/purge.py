"""`archkit purge`: removes from a CDN what it keeps."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from archkit import console
from archkit.purge.request import Purge, Purged
from archkit.stack.project import Project, find_project


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(purge)


def purge(
    stack: Annotated[str, typer.Argument(help="A deployed stack with a CDN.")],
    what: Annotated[str, typer.Argument(metavar="PATH|TAG", help="`/news/today`, `/news/*`, or a tag such as `news`.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Remove from the CDN what it keeps of a path, of all paths below one, or under a tag.

    Examples:

        archkit purge web-local /static/logo.svg

        archkit purge web-local '/news/*' --json
    """
    wanted = Purge.parse(what)
    project = find_project()
    done = _purged(project, stack, wanted)
    if as_json:
        console.print_json([one.document() for one in done])
        return
    for one in done:
        console.out.print(f"{one.component} {one.place}: {one.state} {wanted.text}", markup=False, highlight=False)


def _purged(project: Project, stack: str, wanted: Purge) -> list[Purged]:
    config = project.config(stack)
    # Only the target that is asked for is imported: an SDK takes half a second to load.
    target = import_module(f"archkit.purge.{config.get('archkit:target', 'local')}")
    return target.purge(project, stack, config, wanted)
