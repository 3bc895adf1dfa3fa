"""Installs Docker from the distribution and starts its daemon, where neither needs a question."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from archkit.engine.cache import cache_root
from archkit.engine.process import ProcessError, run
from archkit.engine.progress import Progress
from archkit.machine import docker, packages
from archkit.machine.errors import NoDockerError

PACKAGES = ["docker.io", "iptables", "debootstrap"]
_CLIENT_PACKAGE = "docker-cli"  # a package of its own since Debian 13
_START_TIMEOUT_SECONDS = 60.0
_LOG_LINES = 6


def fix(progress: Progress) -> None:
    """Makes a Docker Engine answer.

    Raises:
        NoDockerError: It cannot be installed or started here; says why.

    """
    answer = docker.ask()
    if not answer.problem:
        return
    path = docker.socket_path()
    if path is None or "permission denied" in answer.problem:
        raise NoDockerError(f"{answer.problem}; {answer.remedy}")
    if sys.platform != "linux":
        raise NoDockerError(f"{answer.problem}; install Docker Desktop and start it")
    if shutil.which("dockerd") is None:
        _install(progress)
    start(path, progress)


def _install(progress: Progress) -> None:
    if not packages.can_install():
        command = f"sudo apt-get install {' '.join(PACKAGES)}" if shutil.which("apt-get") else "your package manager"
        raise NoDockerError(f"it is not installed, and only root could install it: {command}")
    try:
        names = [*PACKAGES, _CLIENT_PACKAGE] if packages.exists(_CLIENT_PACKAGE) else PACKAGES
        packages.install(names, progress)
    except ProcessError as error:
        raise NoDockerError(f"it is not installed, and apt could not install it: {error}") from error
    if shutil.which("dockerd") is None:
        raise NoDockerError("docker.io was installed, but dockerd is still not on PATH")


def start(socket: Path, progress: Progress, *, arguments: Sequence[str] = ()) -> int | None:
    """Starts the daemon: by systemd where it runs the machine, else in the background in a session of its own.

    Args:
        socket: Where it shall listen.
        progress: Where the step is shown.
        arguments: Further ones of dockerd; given, it is started directly.

    Returns:
        The process id of a daemon that was started directly.

    Raises:
        NoDockerError: This user may not, or it did not answer within a minute; ends with the daemon's last words.

    """
    by_systemd = Path("/run/systemd/system").is_dir() and not arguments
    if os.geteuid() != 0:
        remedy = "sudo systemctl start docker" if by_systemd else "start dockerd as root"
        raise NoDockerError(f"no daemon runs at {socket}, and only root may start it: {remedy}")
    with progress.step("starting the Docker daemon"):
        if by_systemd:
            try:
                run(["systemctl", "start", "docker"], timeout_seconds=_START_TIMEOUT_SECONDS)
            except ProcessError as error:
                raise NoDockerError(f"systemd could not start it: {error}") from error
            _await_answer(None, Path())
            return None
        _mount_cgroups()
        log = cache_root() / "dockerd.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            daemon = subprocess.Popen(
                ["dockerd", "--host", f"unix://{socket}", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # it outlives this program, and its Ctrl-C
            )
        _await_answer(daemon, log)
        return daemon.pid


def _mount_cgroups() -> None:
    """Where no init system did it (a bare container or virtual machine), dockerd would refuse to start."""
    place = Path("/sys/fs/cgroup")
    if place.is_dir() and not place.is_mount():
        with suppress(ProcessError):  # dockerd says then itself what it misses
            run(["mount", "-t", "cgroup2", "cgroup2", place], timeout_seconds=10)


def _await_answer(daemon: subprocess.Popen[bytes] | None, log: Path) -> None:
    deadline = monotonic() + _START_TIMEOUT_SECONDS
    while True:
        answer = docker.ask()
        if not answer.problem:
            return
        ended = daemon is not None and daemon.poll() is not None
        if ended or monotonic() > deadline:
            if daemon is not None and not ended:
                daemon.terminate()
            last = log.read_text(errors="replace").splitlines()[-_LOG_LINES:] if log.is_file() else []
            why = "ended at once" if ended else f"does not answer after {_START_TIMEOUT_SECONDS:.0f} s"
            raise NoDockerError("\n  ".join([f"the daemon {why}; its last words, of {log}:", *last]))
        sleep(0.2)
