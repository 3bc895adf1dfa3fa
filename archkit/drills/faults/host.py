"""One machine (or zone) that a fault is made on: its Docker daemon, and the namespaces of its containers.

A container's process id as its daemon reports it belongs to the daemon's own PID namespace, which in the lab
is not ours. So the process is found by what the kernel says of cgroups, which reads alike from the root
namespace whichever daemon started it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException, NotFound

TAG = "ARCHKIT_FAULT"
"""Environment variable in each process that a fault starts: its value is the fault's id."""

_TIMEOUT_SECONDS = 30
_PROC = Path("/proc")


class FaultError(Exception):
    """A fault could not be made or healed; the text says which command or request failed, and how."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """Where a fault is made.

    Args:
        name: What people call it: `local`, or the zone's name in the lab.
        docker_host: As `DOCKER_HOST` has it: `unix:///run/docker.sock`; empty takes the environment's.
        zone: The zone all of its containers stand in; empty where the nodes' labels say it.

    """

    name: str = "local"
    docker_host: str = ""
    zone: str = ""

    @property
    def client(self) -> docker.DockerClient:
        """The daemon's client; made once per address and process."""
        return _client(self.docker_host or os.environ.get("DOCKER_HOST", ""))

    @property
    def api(self) -> Any:
        """The daemon's requests, one method each, answered as plain data."""
        return self.client.api

    def container(self, container: str) -> Mapping[str, Any] | None:
        """What the daemon knows of a container; None once it is gone."""
        try:
            found: Mapping[str, Any] = self.api.inspect_container(container)
        except NotFound:
            return None
        return found

    def running(self, container: str) -> bool:
        """Whether a container's processes exist, frozen ones included."""
        found = self.container(container)
        return bool(found and found["State"]["Running"])

    def process(self, container: str) -> int | None:
        """The container's first process, as a process id of *this* PID namespace; None where none can be seen."""
        found = self.container(container)
        if not found or not found["State"]["Running"]:
            return None
        full_id = str(found["Id"])
        reported = int(found["State"]["Pid"])
        if _in_cgroup(reported, full_id):
            return reported
        inside = [pid for pid in _process_ids() if _in_cgroup(pid, full_id)]
        return min(inside, key=started_at, default=None)

    def in_network(self, container: str, command: Sequence[str], *, fault: str, stdin: str = "") -> str:
        """Runs a program of the host in a container's network namespace; its output.

        Raises:
            FaultError: The container has no process, or the program failed.

        """
        return run([*self.network_prefix(container), *command], fault=fault, stdin=stdin)

    def network_prefix(self, container: str) -> list[str]:
        """The words before a command that put it into a container's network namespace.

        Raises:
            FaultError: The container has no process that is visible here.

        """
        pid = self.process(container)
        if pid is None:
            message = f"container {container[:12]} on {self.name}: no process of it is visible here"
            raise FaultError(message)
        return ["nsenter", f"--net=/proc/{pid}/ns/net"]

    def daemon_problems(self) -> list[str]:
        """Why the daemon cannot be asked; empty where it answers."""
        try:
            self.client.ping()
        except (DockerException, OSError) as error:
            return [f"host {self.name}: the Docker daemon must answer, got {type(error).__name__}; is it running?"]
        return []

    def network_problems(self, container: str, *programs: str) -> list[str]:
        """Why programs of the host cannot work in that container's network namespace; empty where they can."""
        if not sys.platform.startswith("linux"):
            return [f"host {self.name}: needs Linux, got {sys.platform}; containers live in a virtual machine here"]
        problems: list[str] = []
        if os.geteuid() != 0:
            problems.append(
                f"host {self.name}: needs root, got user {os.geteuid()}; a container's network namespace opens to no "
                "one else: run the drill with sudo, or choose a fault that Docker makes (kill, stop, freeze)"
            )
        problems += [
            f"host {self.name}: needs the program {name}, found none on the PATH; install it"
            for name in ("nsenter", *programs)
            if shutil.which(name) is None
        ]
        if not problems and self.running(container) and self.process(container) is None:
            problems.append(
                f"host {self.name}: needs a daemon on this machine's own kernel, but no process of container "
                f"{container[:12]} is visible here; Docker Desktop and remote daemons keep them elsewhere"
            )
        return problems


def run(command: Sequence[str], *, fault: str, stdin: str = "") -> str:
    """Runs a program to its end and gives its output.

    It runs in a session of its own, so that a Ctrl-C at the terminal does not cut a healing short, and carries
    the fault's id, so that a later process can find what a dead drill left running.

    Raises:
        FaultError: It failed, or took longer than 30 s.

    """
    try:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            start_new_session=True,
            env=tagged(fault),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"{' '.join(command)}: {error}"
        raise FaultError(message) from error
    if done.returncode != 0:
        message = f"{' '.join(command)}: exit code {done.returncode}: {done.stderr.strip()}"
        raise FaultError(message)
    return done.stdout


def tagged(fault: str) -> dict[str, str]:
    """This process's environment plus the fault's id."""
    return {**os.environ, TAG: fault}


def end_processes(fault: str) -> int:
    """Ends what a fault started on this machine and still runs; how many processes that were."""
    wanted = f"{TAG}={fault}".encode()
    ours = [pid for pid in _process_ids() if pid != os.getpid() and wanted in _environment(pid)]
    for pid in ours:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    deadline = time.monotonic() + 5
    while any(wanted in _environment(pid) for pid in ours) and time.monotonic() < deadline:
        time.sleep(0.01)
    return len(ours)


def started_at(pid: int) -> int:
    """When a process started, in the kernel's ticks since boot; far in the future once it is gone."""
    try:
        # The second field is the program's name in parentheses and may hold anything, spaces too.
        return int((_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, IndexError):
        return sys.maxsize


@lru_cache(maxsize=16)
def _client(address: str) -> docker.DockerClient:
    if address:
        return docker.DockerClient(base_url=address, timeout=_TIMEOUT_SECONDS)
    return docker.from_env(timeout=_TIMEOUT_SECONDS)


def _process_ids() -> Iterator[int]:
    try:
        yield from (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())
    except FileNotFoundError:
        return


def _in_cgroup(pid: int, container: str) -> bool:
    try:
        return pid > 0 and container in (_PROC / str(pid) / "cgroup").read_text()
    except OSError:
        return False


def _environment(pid: int) -> list[bytes]:
    try:
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
