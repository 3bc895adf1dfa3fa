"""One run of the engine on a stack, with its events followed as they come.

The Automation API does the same in four more calls of the engine (which stack, which version, outputs, history); each
costs a quarter to half a second, of runs that otherwise take two.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.automation import EngineEvent

POLL_SECONDS = 0.05
# The engine and its provider collect garbage only where they run short: a sixth of their processor time (2026-11-28).
# What a user sets stands.
GO_MEMORY = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}


class EngineFailedError(Exception):
    """The engine ended with an error; the text is all that it said."""


def run(
    executable: Path,
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    on_event: Callable[[EngineEvent], None],
) -> None:
    """Runs `pulumi` and returns once it has ended and every event was told.

    Args:
        executable: `pulumi` itself.
        arguments: `["up", "--stack", "web-local", ...]`.
        folder: The project's root.
        environment: Laid over this process's own.
        on_event: Told of each event, in order, from another thread.

    Raises:
        EngineFailedError: It ended with another exit code than 0.

    """
    with TemporaryDirectory(prefix="archkit-events-") as events:
        log = Path(events, "events.jsonl")
        ended = threading.Event()
        reader = threading.Thread(target=_follow, args=(log, on_event, ended), name="engine events", daemon=True)
        reader.start()
        try:
            done = subprocess.run(
                [executable, *arguments, "--non-interactive", "--color", "never", "--event-log", log],
                cwd=folder,
                # Without the first the engine has no --event-log; with the second it runs as for the Automation API.
                env={
                    **GO_MEMORY,
                    **os.environ,
                    **environment,
                    "PULUMI_DEBUG_COMMANDS": "true",
                    "PULUMI_AUTOMATION_API": "true",
                },
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            ended.set()
            reader.join()
    if done.returncode != 0:
        raise EngineFailedError(f"{done.stdout}\n{done.stderr}")


def _follow(log: Path, on_event: Callable[[EngineEvent], None], ended: threading.Event) -> None:
    rest = ""
    position = 0
    while True:
        last = ended.wait(POLL_SECONDS)  # read once more after the end: the last events come with it
        if log.exists():
            with log.open(encoding="utf-8") as file:
                file.seek(position)
                text = file.read()
                position = file.tell()
            *lines, rest = (rest + text).split("\n")
            from pulumi.automation import EngineEvent  # noqa: PLC0415 - while the engine begins, not before

            for line in filter(None, lines):
                on_event(EngineEvent.from_json(json.loads(line)))
        if last:
            return
