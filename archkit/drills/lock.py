"""One drill at a time for each stack: two would measure each other."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from archkit.drills.journal import state_folder
from archkit.errors import UserError


@contextmanager
def drill_lock(stack: str, *, directory: Path | None = None, doing: str = "") -> Generator[None]:
    """Holds a stack for one drill; given back by the kernel too, when the process dies.

    Args:
        stack: Its name.
        directory: The folder of all stacks' drills; None takes the user's state directory.
        doing: What this drill does, for whoever is turned away; empty takes the command line.

    Raises:
        UserError: Another drill holds it: which process, whose, since when, and doing what.

    """
    folder = state_folder(stack, directory)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        message = (
            f"stack {stack}: must not be under drill already, but {_holder(folder)}; two drills would measure each "
            "other: wait for its end, or stop it with Ctrl-C (it heals before it goes)"
        )
        raise UserError(message) from error
    try:
        _write_holder(folder, doing)
        yield
    finally:
        (folder / "holder.json").unlink(missing_ok=True)
        lock.release()


def _write_holder(folder: Path, doing: str) -> None:
    holder = {
        "process": os.getpid(),
        "user": _user(),
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
        "doing": doing or " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
    }
    # Replaced in one step: whoever is turned away reads it at any moment.
    fresh = folder / f"holder.{os.getpid()}"
    fresh.write_text(json.dumps(holder))
    fresh.replace(folder / "holder.json")


def _holder(folder: Path) -> str:
    try:
        holder: dict[str, Any] = json.loads((folder / "holder.json").read_text())
        return f"process {holder['process']} of {holder['user']} runs `{holder['doing']}` since {holder['since']}"
    except (OSError, ValueError, KeyError):
        return "another process has just begun one"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"
