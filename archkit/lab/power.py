"""A zone's power: one process, the init of its process namespace, with which everything in the zone lives and dies."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from archkit.errors import UserError
from archkit.lab import fabric
from archkit.lab.kernel import daemons, processes_in, remove_cgroups
from archkit.lab.layout import Zone

# docker-init (tini) reaps the shims; when it dies, the kernel kills the whole zone, as a power failure would.
# The tmpfs mounts make a restart look like a reboot: no stale pid file is found. /etc/docker holds the engine's
# identity, which must differ from zone to zone. Containers that need the socket find it where every host has it.
_BOOT = """
set -e
hostname "$1"
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs "$2/exec"
mkdir -p /etc/docker
mount --bind "$2/etc" /etc/docker
exec docker-init -- dockerd --data-root "$2/data" --exec-root "$2/exec" --pidfile "$2/exec/docker.pid" \
  -H "unix://$2/docker.sock" -H unix:///run/docker.sock \
  --bip "172.30.$3.1/24" --default-address-pool "base=172.31.$3.0/24,size=26" \
  --cgroup-parent "$4" --label "archkit.zone=$5"
"""
_PATIENCE_SECONDS = 15.0


def start(zone: Zone) -> None:
    """Switches a zone on; its daemon answers a second or two later.

    Raises:
        UserError: It did not come up; the last lines of its log.

    """
    for folder in ("data", "exec", "etc"):
        (zone.root / folder).mkdir(parents=True, exist_ok=True)
    zone.socket.unlink(missing_ok=True)
    with log_file(zone).open("ab") as log:
        starter = subprocess.Popen(
            (
                *fabric.inside(zone.namespace),
                *("unshare", "--fork", "--pid", "--mount-proc", "--mount", "--uts", "--kill-child"),
                *("bash", "-c", _BOOT, "zone", zone.hostname, os.fspath(zone.root)),
                *(str(zone.number), zone.cgroup, zone.name),
            ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    until = time.monotonic() + _PATIENCE_SECONDS
    while not daemons(zone):
        if starter.poll() is not None or time.monotonic() > until:
            message = f"lab: zone {zone.name} did not start; {last_lines(zone)}"
            raise UserError(message)
        time.sleep(0.02)


def is_on(zone: Zone) -> bool:
    """Whether anything runs in the zone."""
    return bool(processes_in(zone))


def takes_calls(zone: Zone) -> bool:
    """Whether its daemon's socket is served; much cheaper to ask than `is_on`, and says nothing of containers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        return caller.connect_ex(os.fspath(zone.socket)) == 0


def kill(zone: Zone) -> None:
    """Takes a zone's power away: daemon, containerd and all containers go in the same instant.

    Raises:
        UserError: Something of it is left after 15 s.

    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while left := processes_in(zone):
        for process in left:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        _reap()
        if time.monotonic() > until:
            message = f"lab: zone {zone.name} must be off, got processes {', '.join(map(str, left))} still there"
            raise UserError(message)
        time.sleep(0.02)
    remove_cgroups(zone)


def log_file(zone: Zone) -> Path:
    """What its daemon says."""
    return zone.root / "log"


def last_lines(zone: Zone, count: int = 5) -> str:
    """The end of what its daemon said."""
    try:
        return " / ".join(log_file(zone).read_text(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return "its daemon said nothing"


def _reap() -> None:
    """Takes note of children that ended, so that they do not stay as zombies."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return
