"""Every command as its user meets it: help with examples, completion, colour, exit codes, Ctrl-C."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from archkit.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]
CALL = (sys.executable, "-c", "import sys; sys.argv[0] = 'archkit'; from archkit.cli.main import main; main()")


def archkit(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **more}
    return subprocess.run((*CALL, *arguments), cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def commands() -> Iterator[tuple[str, str]]:
    """Each command and group by its whole name, with its help."""
    app = typer.Typer()
    app.callback()(lambda: None)
    for module in dict.fromkeys(COMMANDS.values()):
        import_module(f"archkit.cli.{module}").register(app)
    todo = [("archkit", get_command(app))]
    while todo:
        name, command = todo.pop()
        if name != "archkit":
            yield name, command.help or ""
        todo += [(f"{name} {key}", one) for key, one in getattr(command, "commands", {}).items()]


EVERY = dict(commands())


def test_every_command_that_is_listed_is_there() -> None:
    assert {name.removeprefix("archkit ") for name in EVERY if name.count(" ") == 1} == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_help_says_in_one_line_what_it_does_and_shows_how(name: str) -> None:
    first, *rest = [line.strip() for line in EVERY[name].strip().splitlines() if line.strip()]

    assert first.endswith((".", ".`")) or rest, "the list of commands shows the first line"
    examples = [line for line in rest if line.startswith(name) or f"$({name})" in line]
    assert examples, f"`{name} --help` shows no example of {name}"


def test_completion_knows_the_commands() -> None:
    done = archkit(_ARCHKIT_COMPLETE="complete_bash", COMP_WORDS="archkit pre", COMP_CWORD="1")

    assert done.stdout.split() == ["preview"]


def test_a_mistake_is_one_message_on_stderr_with_exit_code_1() -> None:
    done = archkit("status", "web-locla")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: stack: must be <design>-<target>, got 'web-locla'")
    assert "did you mean 'web-local'?" in done.stderr


@pytest.mark.parametrize("arguments", [("fly",), ("graph",), ("graph", "web-local", "--colour")])
def test_what_is_no_command_line_ends_with_2_and_says_what_is_wrong(arguments: tuple[str, ...]) -> None:
    done = archkit(*arguments)

    assert done.returncode == 2
    assert "Usage: archkit" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_ends_with_130_and_one_word() -> None:
    program = (
        "import sys, archkit.cli.graph as graph\n"
        "from archkit.cli.main import main\n"
        "def stop(stack): raise KeyboardInterrupt\n"
        "graph.record_stack = stop\n"
        "sys.argv = ['archkit', 'graph', 'web-local']\n"
        "main()\n"
    )
    done = subprocess.run((sys.executable, "-c", program), cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 130
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("coloured", [True, False])
def test_no_color_is_respected(coloured: bool) -> None:
    more = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    done = archkit("graph", "web-local", **more, **({} if coloured else {"NO_COLOR": "1"}))

    assert done.returncode == 0, done.stderr
    assert bool(re.search(r"\x1b\[(\d+;)*3[0-9]m", done.stdout)) is coloured
