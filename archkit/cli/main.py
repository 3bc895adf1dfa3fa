"""The `archkit` command: its sub-commands, and how every one of them ends."""

import gc
import os
import sys
from importlib import import_module

import typer

from archkit import console
from archkit.errors import ExitCode, UserError
from components.errors import InvalidArgsError

app = typer.Typer(
    name="archkit",
    help="Reference architectures, deployed on AWS or local Docker, drawn from their own graph, tried by drills.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


@app.callback()
def _group() -> None:  # pyright: ignore[reportUnusedFunction]  typer calls it; without it one command would be no group
    pass


# Which module of this package registers which command; in the order in which --help shows them. Only the module
# that is asked for is imported: a command starts in the time that it needs itself.
COMMANDS: dict[str, str] = {
    "demo": "demo",
    "init": "init",
    "up": "up",
    "preview": "up",
    "destroy": "up",
    "status": "status",
    "simulate": "simulate",
    "logs": "logs",
    "env": "env",
    "graph": "graph",
    "diagram": "diagram",
    "check": "check",
    "doctor": "doctor",
    "engine": "engine",
    "lab": "lab",
    "drill": "drill",
    "backup": "backup",
    "restore": "restore",
    "purge": "purge",
    "bench": "bench",
}


def main() -> None:
    """Runs one command; a user's mistake ends in one clear message and exit code 1."""
    try:
        for module in _wanted(sys.argv[1:]):
            import_module(f"archkit.cli.{module}").register(app)
        app()
    except (UserError, InvalidArgsError) as error:
        for problem in error.problems:
            console.err.print(f"[bold red]error:[/bold red] {_escaped(problem)}")
        sys.exit(error.exit_code if isinstance(error, UserError) else ExitCode.FAILED)
    except KeyboardInterrupt:
        console.err.print("interrupted")
        sys.exit(ExitCode.INTERRUPTED)
    finally:
        # What was loaded goes with the process: Python would look for garbage in it first, a quarter of a second long.
        gc.freeze()


def _wanted(arguments: list[str]) -> list[str]:
    """The module of the command that is asked for; all of them for help and completion."""
    first = next((one for one in arguments if not one.startswith("-")), "")
    completing = "_ARCHKIT_COMPLETE" in os.environ
    if first in COMMANDS and not completing:
        return [COMMANDS[first]]
    return list(dict.fromkeys(COMMANDS.values()))


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")
