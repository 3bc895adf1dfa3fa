"""`archkit backup`: the copies of a stack's databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from archkit import console
from archkit.backup.copying import copy_now
from archkit.backup.find import PLACES, Repository, repositories
from archkit.backup.held import Copy, copies
from archkit.backup.overdue import overdue
from archkit.backup.verify import Verified, verify
from archkit.errors import ExitCode
from archkit.stack.project import find_project

Stack = Annotated[str, typer.Argument(help="A deployed local stack with a backup, such as `api-local`.")]
Database = Annotated[str | None, typer.Option(help="Only of this one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_HELP = """List, make and verify the copies of a stack's databases.

    Examples:

        archkit backup list api-local

        archkit backup now api-local && archkit backup verify api-local
    """


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help=_HELP, no_args_is_help=True)
    group.command(name="list")(list_)
    group.command()(now)
    group.command(name="verify")(verify_)
    app.add_typer(group, name="backup")


def list_(stack: Stack, database: Database = None, as_json: AsJson = False) -> None:
    """Show what copies there are, here and offsite; exit code 3 where one is overdue.

    Examples:

        archkit backup list api-local
    """
    found = {one.database: (one, copies(one)) for one in _repositories(stack, database)}
    late = [told for one, held in found.values() for told in overdue(one, held, datetime.now(UTC))]
    if as_json:
        held = {name: [copy.document() for copy in copies_] for name, (_, copies_) in found.items()}
        console.print_json({"copies": held, "overdue": late})
    else:
        console.out.print(_table({name: held for name, (_, held) in found.items()}))
        for one in late:
            console.err.print(f"[yellow]overdue:[/yellow] {one}")
    if late:
        raise typer.Exit(ExitCode.DEGRADED)


def now(
    stack: Stack,
    whole: Annotated[bool, typer.Option("--full", help="A copy that needs no other.")] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Make a copy now, here and offsite, beside the schedule.

    Examples:

        archkit backup now api-local

        archkit backup now api-local --full
    """
    made: list[dict[str, Any]] = []
    for repository in _repositories(stack, database):
        for number in repository.numbers:
            with console.step(f"copying {repository.database} ({PLACES[number]})"):
                made.append({"database": repository.database, **copy_now(repository, number, whole=whole).document()})
    if as_json:
        console.print_json(made)


def verify_(stack: Stack, database: Database = None, as_json: AsJson = False) -> None:
    """Read back every copy and every segment of the log, here and offsite; exit code 1 where one is not as written.

    Examples:

        archkit backup verify api-local

        archkit backup verify api-local --json
    """
    results: list[Verified] = []
    for repository in _repositories(stack, database):
        for number in repository.numbers:
            with console.step(f"reading back {repository.database} ({PLACES[number]})"):
                results.append(verify(repository, number))
    if as_json:
        console.print_json([one.document() for one in results])
    else:
        for one in results:
            told = "intact" if one.intact else "NOT INTACT"
            console.out.print(f"{one.database} {one.place}: {told}", markup=False)
            for problem in one.problems:
                console.out.print(f"  {problem}", markup=False)
    if not all(one.intact for one in results):
        raise typer.Exit(ExitCode.FAILED)


def _repositories(stack: str, database: str | None) -> list[Repository]:
    return repositories(find_project().config(stack), stack, database)


def _table(found: dict[str, list[Copy]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("database", "place", "copy", "kind", "ended", "database size", "added"):
        table.add_column(title)
    for name, held in found.items():
        for one in held:
            ended = f"{one.stopped:%Y-%m-%d %H:%M:%SZ}"
            table.add_row(name, one.place, one.label, one.kind, ended, _size(one.bytes), _size(one.stored_bytes))
    return table


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
