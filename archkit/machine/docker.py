"""The Docker Engine: which one is used, whether it answers, and how old it is."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException

from archkit.engine.process import ProcessError, run
from archkit.machine.findings import Finding, missing, ok, warning

DEFAULT_SOCKET = "unix:///var/run/docker.sock"
# Swarm jobs, `update_config.order` and cgroup v2, all of which the kit's services need: Docker 20.10.
MINIMUM_API = (1, 41)
# The oldest branch that upstream (moby's long-term support) still patches in 2026.
MAINTAINED_MAJOR = 25
_ANSWER_TIMEOUT_SECONDS = 5


def host() -> str:
    """Where the daemon listens: `DOCKER_HOST`, else the usual socket, else what the client's context says."""
    given = os.environ.get("DOCKER_HOST")
    if given:
        return given
    if Path(DEFAULT_SOCKET.removeprefix("unix://")).exists() or shutil.which("docker") is None:
        return DEFAULT_SOCKET
    return _context_host() or DEFAULT_SOCKET


@cache
def _context_host() -> str:
    try:
        return run(
            ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], timeout_seconds=5
        ).strip()
    except ProcessError:
        return ""


def socket_path() -> Path | None:
    """The daemon's socket on this machine; None where the daemon is reached over a network."""
    return Path(host().removeprefix("unix://")) if host().startswith("unix://") else None


@contextmanager
def client(*, timeout_seconds: int = 60) -> Generator[docker.DockerClient]:
    """A client of the daemon that the kit uses; closed at the end.

    Raises:
        docker.errors.DockerException: It does not answer.

    """
    environment = {**os.environ, "DOCKER_HOST": host()}
    daemon = docker.DockerClient.from_env(environment=environment, timeout=timeout_seconds)
    try:
        yield daemon
    finally:
        daemon.close()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a daemon says of itself; `problem` where it does not answer."""

    version: str = ""
    api: tuple[int, ...] = ()
    problem: str = ""
    remedy: str = ""


def ask() -> Answer:
    """Asks the daemon for its version, for at most 5 seconds."""
    path = socket_path()
    if path is not None and not path.exists():
        return Answer(problem=f"no daemon at {path}", remedy=_how_to_start())
    if path is not None and not os.access(path, os.R_OK | os.W_OK):
        return Answer(problem=f"{path}: permission denied", remedy="sudo usermod -aG docker $USER, then log in again")
    try:
        with client(timeout_seconds=_ANSWER_TIMEOUT_SECONDS) as daemon:
            said: dict[str, Any] = daemon.version()
    except (DockerException, OSError) as error:
        return Answer(problem=f"the daemon at {host()} does not answer: {_brief(error)}", remedy=_how_to_start())
    return Answer(version=said["Version"], api=tuple(int(n) for n in said["ApiVersion"].split(".")))


def check() -> Finding:
    """A Docker Engine answers, and is new enough."""
    answer = ask()
    if answer.problem:
        return missing("docker", answer.problem, answer.remedy)
    said = f"Docker Engine {answer.version} at {host()}"
    if answer.api < MINIMUM_API:
        return missing("docker", said, "install Docker Engine 20.10 or newer")
    major = answer.version.split(".")[0]
    if major.isdigit() and int(major) < MAINTAINED_MAJOR:
        return warning("docker", said, "works; no longer patched upstream, only by your distribution: plan an upgrade")
    return ok("docker", said)


def _brief(error: Exception) -> str:
    text = str(error)
    for known in ("Connection refused", "No such file", "timed out", "Name or service not known", "Permission denied"):
        if known.lower() in text.lower():
            return known.lower()
    return text.splitlines()[0][:160] if text else type(error).__name__


def _how_to_start() -> str:
    if os.environ.get("DOCKER_HOST") and socket_path() is None:
        return "start it there, or unset DOCKER_HOST"
    return "archkit doctor --fix" if os.geteuid() == 0 else "sudo systemctl start docker, or start Docker Desktop"
