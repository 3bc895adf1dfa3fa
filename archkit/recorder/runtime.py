"""Pulumi's runtime, made for one run and cut off from every other."""

from __future__ import annotations

import asyncio
import contextvars
import gc
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from inspect import isawaitable
from threading import Thread
from typing import Any, cast

import pulumi
from pulumi.runtime import mocks, settings, stack

from archkit.recorder.monitor import Recorder


def run_isolated(
    program: Callable[[], object], monitor: Recorder, config: Mapping[str, str], secret_keys: Sequence[str]
) -> BaseException | None:
    """Runs a program to the end of all that it registers, and gives what it failed with.

    It runs in a thread with a context of its own: Pulumi keeps its state in context variables and in the thread's event
    loop. So nothing of an earlier run, or of tests that use Pulumi's own mocks, gets in or stays behind, and it works
    below a running event loop too.
    """
    failure: BaseException | None = None

    def guarded() -> None:
        nonlocal failure
        try:
            _run(program, monitor, config, secret_keys)
        except BaseException as error:
            failure = error

    thread = Thread(target=contextvars.copy_context().run, args=(guarded,), name="archkit-recorder", daemon=True)
    with _no_collection():
        thread.start()
        thread.join()
    return failure


@contextmanager
def _no_collection() -> Generator[None]:
    """Nearly all that a run makes lives until its end, so that looking for garbage takes half of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _run(
    program: Callable[[], object], monitor: Recorder, config: Mapping[str, str], secret_keys: Sequence[str]
) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # What fails is raised below; the loop would print the copies that its other tasks hold.
    loop.set_exception_handler(_quiet)
    settings.reset_options()
    pulumi.runtime.set_all_config(dict(config), list(secret_keys))
    settings.configure(_settings(monitor))
    raised: list[BaseException] = []

    async def guarded() -> None:
        try:
            returned = program()
            if isawaitable(returned):
                await returned
            await _drain()
        except BaseException as error:
            # The runtime may report a later failure, of a registration that this one left behind.
            raised.append(error)
            raise

    try:
        loop.run_until_complete(stack.run_in_stack(guarded))
    except BaseException:
        if raised:
            raise raised[0] from raised[0].__cause__
        raise
    finally:
        _close(loop)


def _settings(monitor: Recorder) -> mocks.MockSettings:
    return mocks.MockSettings(
        monitor=monitor,
        monitor_features=set(monitor.GetDeploymentInfo(None).supportedFeatures),
        engine=mocks.MockEngine(None),
        project=monitor.project,
        stack=monitor.stack,
        dry_run=monitor.preview,
        organization="organization",
        root_directory=str(monitor.root),
        callbacks=None,
        outputs=set[Any](),
        package_refs=dict[str, Any](),
        base_providers_by_ref=dict[str, Any](),
    )


async def _drain() -> None:
    """Waits for all outputs at once: the SDK waits for one after the other, which takes the square of their number.

    Those that failed are left to the SDK, which raises what is wrong with them.
    """
    outputs = cast("set[asyncio.Task[Any]]", getattr(settings.SETTINGS, "outputs"))  # noqa: B009 - a typed descriptor pyright cannot bind
    failed: set[asyncio.Task[Any]] = set()
    while pending := outputs - failed:
        outputs -= pending
        await asyncio.wait(pending)
        failed |= {task for task in pending if task.cancelled() or task.exception()}
    outputs |= failed


def _quiet(_loop: asyncio.AbstractEventLoop, _context: dict[str, Any]) -> None:
    pass


def _close(loop: asyncio.AbstractEventLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_default_executor())
    asyncio.set_event_loop(None)
    loop.close()
