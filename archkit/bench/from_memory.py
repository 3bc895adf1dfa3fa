"""A program that is deployed from memory: its images, and its stack with a state that goes with a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docker
from pulumi import automation

from archkit.bench.deployment import PASSPHRASE
from archkit.engine import ensure_engine
from archkit.recorder import record
from archkit.stack.images import ensure_built, recipes_of
from archkit.stack.operations import AT_ONCE, STILL_STOPPING
from archkit.stack.project import Project
from components.images import ROOT


def build_missing(daemon: docker.DockerClient, program: Callable[[], None], stack: str) -> None:
    """Builds what a deployment would build by itself from a checkout's program folder.

    Args:
        daemon: Where.
        program: The design, with settings that let it build.
        stack: The stack's name.

    Raises:
        UserError: Some do not build; each with the last lines of its build.

    """
    ensure_built(daemon, *recipes_of(Project(root=ROOT), record(program, stack=stack)))


def stack_in(folder: Path, name: str, program: Callable[[], None]) -> automation.Stack:
    """A new stack of the program, with its state in the folder; who makes it destroys it.

    Args:
        folder: Of its own, and there until the stack is destroyed.
        name: The stack's.
        program: The design.

    """
    state = folder / "state"
    state.mkdir()
    engine = ensure_engine()
    return automation.create_stack(
        name,
        project_name="archkit",
        program=program,
        opts=automation.LocalWorkspaceOptions(
            work_dir=str(folder),
            pulumi_command=engine.command(),
            env_vars={  # pyright: ignore[reportArgumentType]
                **engine.environment(),
                "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
                "PULUMI_BACKEND_URL": state.as_uri(),
            },
        ),
    )


def destroyed(stack: automation.Stack) -> None:
    """Removes what such a stack made, as `archkit destroy` does: by a second run where Docker was slow to stop some.

    Raises:
        automation.CommandError: The run failed for another reason, or twice.

    """
    try:
        stack.destroy(parallel=AT_ONCE)
    except automation.CommandError as error:
        if STILL_STOPPING not in str(error):
            raise
        stack.destroy(parallel=AT_ONCE, refresh=True)  # what was gone in time is in the state still
