"""Installs packages of the distribution, where that needs no question: as root, on Debian and its children."""

import os
import shutil

from archkit.engine.process import ProcessError, run
from archkit.engine.progress import Progress

_TIMEOUT_SECONDS = 600.0
_QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def can_install() -> bool:
    """Whether this process may install packages with apt."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def install(names: list[str], progress: Progress) -> None:
    """Installs packages, without those that are only recommended.

    Raises:
        ProcessError: apt failed, or took longer than 10 minutes.

    """
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "--quiet"]
    with progress.step(f"installing {', '.join(names)} from the distribution") as step:

        def show(line: str) -> None:
            step.update(detail=line)

        try:
            run([*apt, "update"], timeout_seconds=_TIMEOUT_SECONDS, environment=_QUIET, on_line=show)
        except ProcessError:
            # One broken third-party source fails the whole update; what is wanted may be there all the same.
            step.update(detail="package lists are not all up to date")
        command = [*apt, "install", "--yes", "--no-install-recommends", *names]
        run(command, timeout_seconds=_TIMEOUT_SECONDS, environment=_QUIET, on_line=show)


def exists(name: str) -> bool:
    """Whether the distribution has a package of that name."""
    try:
        return bool(run(["apt-cache", "show", name], timeout_seconds=30).strip())
    except ProcessError:
        return False
