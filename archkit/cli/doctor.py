"""`archkit doctor`: what the machine has, what is missing, and how to get it."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from archkit import console
from archkit.errors import ExitCode, UserError
from archkit.machine import Finding, State, Target, inspect, repair

_PIPE_WIDTH = 160
_SIGNS = {State.OK: "[green]✓[/green]", State.WARNING: "[yellow]![/yellow]", State.MISSING: "[red]✗[/red]"}


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def doctor(
        target: Annotated[Target, typer.Option(help="What the machine shall be used for.")] = Target.LOCAL,
        fix: Annotated[bool, typer.Option("--fix", help="Do what can be done without asking.")] = False,
        json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
    ) -> None:
        """Tell what is there, what is missing, and how to get it.

        Ends with 1 when something that the target needs is missing; warnings do not fail.

        **Examples**

            archkit doctor

            archkit doctor --fix

            archkit doctor --target aws --json
        """
        findings, failures = repair(target) if fix else (inspect(target), [])
        healthy = not failures and not any(finding.is_missing for finding in findings)
        if json:
            problems = [problem for failure in failures for problem in failure.problems]
            report = {"target": target, "healthy": healthy, "findings": list(map(asdict, findings))}
            console.print_json(report | {"problems": problems})
        else:
            _output().print(_table(findings))
        if failures:
            raise UserError(*(problem for failure in failures for problem in failure.problems))
        if not healthy:
            raise typer.Exit(ExitCode.FAILED)


def _output() -> Console:
    """Into a file or a pipe no line is broken for want of a terminal's width."""
    return console.out if console.out.is_terminal else Console(file=console.out.file, width=_PIPE_WIDTH)


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "what", "found", "how to get it"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        table.add_row(_SIGNS[finding.state], finding.name, finding.detail, finding.remedy)
    return table
