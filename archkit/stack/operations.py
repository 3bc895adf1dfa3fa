"""Deploys, previews and removes a stack through the engine."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, cast

import psutil

from archkit import console
from archkit.errors import ExitCode, UserError
from archkit.stack import drift, engine_run, failures, instance_refresh, program_host, volumes
from archkit.stack.diagnose import why_unhealthy
from archkit.stack.docker import client, clients, name_of, services
from archkit.stack.progress import Progress, following
from archkit.stack.unchanged import made_of, seen_file
from archkit.stack.workspace import Opened
from components.deployment import FIRST_DEPLOYMENT

STILL_STOPPING = "error on wait for container"
# A server that Docker's provider waits for takes one of the engine's places all the while; by default four a core.
AT_ONCE = 48


def up(opened: Opened, *, same: bool = False) -> dict[str, Any]:
    """Deploys a stack; what ran before runs on where the new version does not get healthy.

    Args:
        opened: The stack.
        same: Nothing changed since its last deployment, as `unchanged.since_last_up` says: what could find nothing
            is spared.

    Returns:
        The stack's outputs in clear text, secrets left out.

    Raises:
        UserError: The run failed; what the engine said, and the last lines of what did not start.

    """
    if not same:
        from archkit.stack import guarded  # noqa: PLC0415 - it loads the designs, which takes most of a second

        guarded.refuse_shrinking(opened)
    began = datetime.now(UTC)
    # Before the run: sources may be edited meanwhile. None known makes the next run check everything again.
    declared = made_of(opened) if opened.target == "local" and not same else ""
    arguments = ["up", "--yes", "--skip-preview", *_at_once(opened), *_refresh(opened, same=same)]
    progress = _run(f"deploying {opened.name}", opened, arguments, same=same)
    if opened.target == "aws":
        _follow_refreshes(opened, began)
    elif opened.target == "local" and not (same and set(progress.changes) <= {"same"}):
        from archkit.backup import archiving  # noqa: PLC0415 - as above

        archiving.settle(opened.config, opened.name)
        drift.store(client(opened.config), opened.name, seen_file(opened), declared)
    return progress.outputs


def preview(opened: Opened, *, same: bool = False) -> dict[str, int]:
    """How many resources a deployment would create, update, replace and delete, and how many stay the same.

    Args:
        opened: The stack.
        same: As for `up`.

    """
    arguments = ["preview", *_refresh(opened, same=same)]
    return dict(_run(f"previewing {opened.name}", opened, arguments, planning=True, same=same).changes)


def destroy(opened: Opened) -> None:
    """Removes everything that the stack made; volumes of data stay.

    The provider waits for containers no longer than they may take to stop. On a busy machine Docker takes longer to
    remove them, and the provider calls that a failure: then the rest is removed by a second run.

    Raises:
        UserError: It keeps protected data, or the run failed.

    """
    from archkit.stack import guarded  # noqa: PLC0415 - as above

    guarded.refuse_destroying_protected(opened)
    arguments = ["destroy", "--yes", "--skip-preview", *_at_once(opened)]
    try:
        _run(f"removing {opened.name}", opened, arguments)
    except UserError as error:
        if not all(STILL_STOPPING in one for one in error.problems):
            raise
        _run(f"removing what is left of {opened.name}", opened, arguments)
    seen_file(opened).unlink(missing_ok=True)


def _refresh(opened: Opened, *, same: bool) -> list[str]:
    """Spares the reading back where it could find nothing; else as `options: refresh` in Pulumi.yaml says."""
    if same:
        return ["--refresh=false"]
    if opened.target == "local" and drift.same_as_stored(client(opened.config), opened.name, seen_file(opened)):
        return ["--refresh=false"]
    return []


def _at_once(opened: Opened) -> list[str]:
    return ["--parallel", str(AT_ONCE)] if opened.target == "local" else []


@contextmanager
def _told(opened: Opened, *, same: bool) -> Generator[None]:
    """Tells the program whether nothing is there yet, so that its servers need not be started in turn.

    Nor where nothing changed: then none starts, and a later removal, which follows the last run's order, takes all at
    once.
    In the environment, which it has in common with this process wherever it runs. Data count too: a database that was
    restored into its first member's volume is led by that member and no other.
    """
    os.environ.pop(FIRST_DEPLOYMENT, None)
    if same or (
        opened.target == "local"
        and not any(services(one, opened.name) or volumes.volumes(one, opened.name) for one in clients(opened.config))
    ):
        os.environ[FIRST_DEPLOYMENT] = "1"
    try:
        yield
    finally:
        os.environ.pop(FIRST_DEPLOYMENT, None)


def _run(title: str, opened: Opened, arguments: list[str], *, planning: bool = False, same: bool = False) -> Progress:
    progress = Progress(title, None)
    stopped: list[bool] = []
    try:
        with (
            following(title, planning=planning) as progress,
            _engine_decides_when_to_stop(stopped),
            _program(opened, arguments[0], same=same) as host,
        ):
            engine_run.run(
                opened.engine.executable,
                [*arguments, *host, "--stack", opened.name],
                folder=opened.project.root,
                environment=opened.environment,
                on_event=progress.on_event,
            )
    except engine_run.EngineFailedError as error:
        if stopped:
            message = f"{title}: stopped by you; the state is kept, and the next run continues"
            raise UserError(message, exit_code=ExitCode.INTERRUPTED) from error
        explained = failures.explain(opened.name, str(error), progress)
        raise UserError(*explained.problems, *_why_not_healthy(opened, progress)) from error
    return progress


@contextmanager
def _program(opened: Opened, command: str, *, same: bool) -> Generator[list[str]]:
    """Arguments by which the engine finds the program, where the command runs it and this process has it."""
    if command == "destroy":
        yield []
        return
    here = program_host.is_here(opened.project.root)
    with _told(opened, same=same), program_host.serving(opened.target) if here else nullcontext(list[str]()) as host:
        yield host


def _follow_refreshes(opened: Opened, began: datetime) -> None:
    import boto3  # noqa: PLC0415 - half a second that only this needs

    for region, group in instance_refresh.groups(opened):
        scaling = cast("instance_refresh.AutoScaling", boto3.client("autoscaling", region_name=region))
        with console.step(f"instances of {group} on the new version"):
            instance_refresh.follow(
                scaling,
                group,
                began,
                show=lambda look: console.err.print(f"  {look.status} {look.percent} %", markup=False),
            )


def _why_not_healthy(opened: Opened, progress: Progress) -> list[str]:
    if opened.target != "local":
        return []
    daemon = client(opened.config)
    components = failures.rolled_back(progress)
    names = [name_of(one) for one in services(daemon, opened.name)]
    return [
        told
        for name in names
        if any(f"{name}-".startswith(f"{opened.name}-{_component(one)}-") for one in components)
        and (told := why_unhealthy(daemon, name))
    ]


def _component(logical_name: str) -> str:
    """The component that a part belongs to: `web` of `web-service`."""
    return logical_name.rsplit("-", 1)[0]


@contextmanager
def _engine_decides_when_to_stop(stopped: list[bool]) -> Generator[None]:
    """Ctrl-C reaches the engine too, which ends what it began and keeps its state: so wait for it.

    A signal that was sent to this process alone is passed on to the engine.
    """

    def on_signal(number: int, _: object) -> None:
        first = not stopped
        stopped.append(True)
        if first:
            console.err.print("stopping: waiting for the engine to end what it began (once more: at once)")
        from_terminal = sys.stdin.isatty() and number == signal.SIGINT
        if not from_terminal:
            for child in psutil.Process(os.getpid()).children():
                child.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
