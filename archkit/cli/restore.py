"""`archkit restore`: a database as it was at a point in time."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from archkit import console
from archkit.backup import moment, offsite
from archkit.backup.find import Repository, one_repository, primary
from archkit.backup.replace import replace
from archkit.backup.restore import Result, restore, service_name
from archkit.backup.runner import remove
from archkit.errors import UserError
from archkit.recorder import record
from archkit.stack.docker import client
from archkit.stack.images import ensure_built, recipes
from archkit.stack.project import find_project
from archkit.stack.workspace import open_stack
from stacks.program import program

_TRIAL = "trial"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(name="restore")(restore_)


def restore_(
    stack: Annotated[str, typer.Argument(help="A local stack with a backup, such as `api-local`.")],
    to: Annotated[str, typer.Option("--to", metavar="TIME", help="2026-11-25T14:30:00Z, or `latest`.")] = moment.LATEST,
    new: Annotated[str | None, typer.Option("--as", metavar="NEW", help="Keep it, under that name.")] = None,
    database: Annotated[str | None, typer.Option(help="Which, where several are copied.")] = None,
    replacing: Annotated[
        bool, typer.Option("--replace", help="After comparing, put it in the place of what runs.")
    ] = False,
    from_offsite: Annotated[
        bool, typer.Option("--offsite", help="The site is lost: fill the first member from the offsite copy alone.")
    ] = False,
    removing: Annotated[bool, typer.Option("--remove", help="Remove what was restored --as NEW.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before replacing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Restore a database to a point in time beside the one that runs, and compare the two by content.

    What runs is not touched, unless --replace is given and confirmed. Without --as, what was restored is removed again
    after comparing: proof that it can be.

    Examples:

        archkit restore api-local

        archkit restore api-local --to 2026-11-25T14:30:00Z --as before-the-mistake

        archkit restore api-local --to 2026-11-25T14:30:00Z --replace

        archkit restore api-local --as before-the-mistake --remove

        archkit restore api-local --offsite && archkit up api-local
    """
    at = moment.parse(to)
    _contradictions(new, replacing=replacing, from_offsite=from_offsite, removing=removing)
    project = find_project()
    config = project.config(stack)
    if from_offsite:
        _offsite(stack, config, database, at, as_json=as_json)
        return
    repository = one_repository(config, stack, database)
    name = service_name(repository, new or _TRIAL)
    if removing:
        if not remove(config, name, volume=True):
            message = f"--as: must be what was restored before, got {new!r}; there is none"
            raise UserError(message)
        console.out.print(f"removed {name}", markup=False)
        return
    result = restore(config, repository, at, name)
    try:
        _show(result, as_json=as_json and not replacing)
        if replacing:
            _replace(config, repository, result, yes=yes)
            if as_json:
                console.print_json({**result.document(), "replaced": True})
    finally:
        if new is None:
            remove(config, name, volume=True)
    if new is not None and not as_json:
        console.out.print(
            f"it runs as {name}, without a port; ask it: "
            f"docker exec -it {result.inside.container[:12]} psql -h /tmp app\n"
            f"remove it: archkit restore {stack} --as {new} --remove",
            markup=False,
        )


def _contradictions(new: str | None, *, replacing: bool, from_offsite: bool, removing: bool) -> None:
    problems: list[str] = []
    if from_offsite and (new or replacing or removing):
        problems.append("--offsite: must stand without --as, --replace and --remove; it fills an empty host")
    if removing and not new:
        problems.append("--remove: must be told what by --as NEW, got none")
    if removing and replacing:
        problems.append("--remove: must stand without --replace; what is removed cannot take another's place")
    if problems:
        raise UserError.of(problems)


def _replace(config: dict[str, Any], repository: Repository, result: Result, *, yes: bool) -> None:
    running = primary(config, repository.stack, repository.database)
    if running is None:
        message = f"restore/replace: a member of {repository.database!r} must take writes, got none"
        raise UserError(message)
    if not yes:
        if not sys.stdin.isatty():
            message = "--replace: asks before it does, but standard input is no terminal; give --yes"
            raise UserError(message)
        told = result.document()["to"]
        typer.confirm(f"Replace the content of {repository.database} by that of {told}?", abort=True, err=True)
    with console.step(f"replacing the content of {repository.database}, in one transaction"):
        replace(result.inside, running)


def _offsite(stack: str, config: dict[str, Any], database: str | None, at: Any, *, as_json: bool) -> None:
    project = find_project()
    opened = open_stack(project, stack)
    wanted = offsite.site(record(program(config), stack=stack), stack, database)
    values = opened.remade.get_all_config()
    root = offsite.key_of(values["archkit:secret"].value if "archkit:secret" in values else None)
    for recipe in recipes(project, stack, config):
        if recipe.tag == wanted.image:
            ensure_built(client(config), recipe)
    filled = offsite.restore(config, wanted, at, root)
    if as_json:
        console.print_json(filled.document())
        return
    for table, one in filled.tables.items():
        console.out.print(f"  {table}: {one.rows} rows", markup=False)
    console.out.print(f"{filled.volume} is filled ({filled.seconds:.1f} s); now: archkit up {stack}", markup=False)


def _show(result: Result, *, as_json: bool) -> None:
    if as_json:
        console.print_json(result.document())
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("table", "rows restored", "rows running", "content"):
        table.add_column(title)
    for one in result.tables:
        restored, running = (str(part.rows) if part else "none" for part in (one.restored, one.running))
        table.add_row(escape(one.table), restored, running, "same" if one.same else "[yellow]differs[/yellow]")
    console.out.print(table)
    console.out.print(f"restored in {result.seconds:.1f} s, to {result.document()['to']}", markup=False)
