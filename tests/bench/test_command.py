"""`archkit bench`: a section that cannot be measured takes no other with it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from archkit.bench.rows import Row
from archkit.bench.suite import Section
from archkit.cli import bench as command
from archkit.cli.main import typer
from archkit.errors import UserError
from archkit.stack.project import Project


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The exit code, and the rows as JSON, where the sections give these rows or errors."""
    monkeypatch.setattr(command, "find_project", lambda: Project(root=tmp_path))

    def call(**sections: list[Row] | Exception):
        def measure(given: list[Row] | Exception) -> list[Row]:
            if isinstance(given, Exception):
                raise given
            return given

        made = [
            Section(name=name, title=name, measure=lambda project, rounds, given=given: measure(given))
            for name, given in sections.items()
        ]
        monkeypatch.setattr(command, "chosen", lambda names: made)
        app = typer.Typer()
        command.register(app)
        done = CliRunner().invoke(app, ["--no-write", "--json"])
        return done.exit_code, json.loads(done.stdout)

    return call


def test_what_a_measurement_deployed_is_removed_when_the_command_is_told_to_end() -> None:
    program = """
import os, signal
from contextlib import ExitStack
from archkit.bench.suite import Section
from archkit.cli import bench as command
from archkit.cli.main import typer

def measure(project, rounds):
    with ExitStack() as deployed:
        deployed.callback(print, "removed")
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()

command.find_project = lambda: None
command.chosen = lambda names: [Section(name="web", title="web", measure=measure)]
app = typer.Typer()
command.register(app)
app(["--no-write"])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)

    assert done.stdout == "removed\n"
    assert done.returncode == 128 + signal.SIGTERM


ROW = Row(what="gap, s", target="<= 8", measured="3", met=True, n=3)


@pytest.mark.parametrize("error", [UserError("docker: must answer"), RuntimeError("a bug")])
def test_the_others_are_measured_and_the_exit_code_tells(run, error: Exception) -> None:
    code, rows = run(first=error, second=[ROW])

    assert code == 1
    assert list(rows) == ["second"]


def test_figures_that_reach_what_they_must_end_with_0(run) -> None:
    assert run(first=[ROW])[0] == 0
    assert run(first=[Row(what="gap, s", target="<= 8", measured="9", met=False, n=3)])[0] == 1
