"""How long a user waits for a command that has nothing to do: start of its process and every check included."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from archkit.bench.deployment import Deployment
from archkit.bench.rows import Row, spread
from archkit.engine import ensure_engine
from archkit.errors import UserError
from archkit.stack.workspace import environment

LIMIT_SECONDS = 3.0


def measure(web: Deployment, *, rounds: int) -> list[Row]:
    """The kit's commands and plain `pulumi` on a deployed stack, each as it is typed.

    Args:
        web: Deployed, with no setting changed since.
        rounds: How often each command is timed.

    """
    root = web.project.root
    engine = ensure_engine()
    plain = {**os.environ, **environment(web.project, engine)}
    archkit, pulumi = os.fspath(root / ".venv/bin/archkit"), os.fspath(engine.executable)
    typed: list[tuple[str, list[str], Mapping[str, str]]] = [
        ("up without changes, s", [archkit, "up", web.name], os.environ),
        ("preview, s", [archkit, "preview", web.name], os.environ),
        ("pulumi up --skip-preview without changes, s", [pulumi, "up", "--yes", "--skip-preview", *_on(web)], plain),
        ("pulumi preview, s", [pulumi, "preview", *_on(web)], plain),
    ]
    return [timed(what, command, folder=root, environment=own, rounds=rounds) for what, command, own in typed]


def timed(what: str, command: Sequence[str], *, folder: Path, environment: Mapping[str, str], rounds: int) -> Row:
    """The time from the start of a command's process to its end.

    Args:
        what: The row's name.
        command: The program and its arguments.
        folder: Where it runs.
        environment: All of its environment.
        rounds: Counted runs; one before them, in which caches fill, is told in the note.

    Raises:
        UserError: A run failed.

    """
    taken: list[float] = []
    for _ in range(rounds + 1):
        began = perf_counter()
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        taken.append(perf_counter() - began)
        if done.returncode != 0:
            shown = " ".join([Path(command[0]).name, *command[1:]])
            message = f"bench/{shown}: must succeed, got exit code {done.returncode}; {done.stderr[-500:]}"
            raise UserError(message)
    counted = taken[1:]
    return Row(
        what=what,
        target=f"<= {LIMIT_SECONDS:g}",
        measured=f"{median(counted):.1f}",
        met=median(counted) <= LIMIT_SECONDS,
        n=len(counted),
        spread=spread(counted),
        note=f"a process of its own, {Path(command[0]).name}'s; one before those counted took {taken[0]:.1f} s",
    )


def _on(web: Deployment) -> list[str]:
    return ["--stack", web.name, "--non-interactive"]
