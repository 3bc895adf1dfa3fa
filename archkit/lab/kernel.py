"""What the kernel knows of a zone: a file of ours may lie after a crash, the kernel does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from archkit.lab.layout import Lab, Zone

_PROC = Path("/proc")
_CGROUPS = Path("/sys/fs/cgroup")


def processes_in(zone: Zone) -> list[int]:
    """Processes of a zone: those in its network namespace, its daemon, and what its control groups hold."""
    return sorted({*_in_namespace(zone), *daemons(zone), *_in_cgroups(zone)})


def daemons(zone: Zone) -> list[int]:
    """Docker daemons that work on the zone's data."""
    wanted = os.fsencode(zone.root / "data")
    found: list[int] = []
    for process in _processes():
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        program = command[0].rsplit(b"/", 1)[-1]
        if program in {b"dockerd", b"docker-init"} and wanted in command:
            found.append(int(process.name))
    return found


def init_of(zone: Zone) -> int | None:
    """The process whose end is the zone's end, as this namespace numbers it; None where the zone is off."""
    for process in daemons(zone):
        try:
            status = (_PROC / str(process) / "status").read_text()
        except OSError:
            continue
        # Its number in each process namespace, the innermost last.
        if any(line.startswith("NSpid:") and line.split()[-1] == "1" for line in status.splitlines()):
            return process
    return None


def cgroups(zone: Zone) -> list[Path]:
    """The zone's control groups, the innermost first."""
    name = zone.cgroup.strip("/")
    tops = [path for path in (*_CGROUPS.glob(name), *_CGROUPS.glob(f"*/{name}")) if path.is_dir()]
    found: list[Path] = []
    for top in tops:
        found += [Path(folder) for folder, _, _ in os.walk(top, topdown=False)]
    return found


def remove_cgroups(zone: Zone) -> None:
    """Removes what killed containers left of control groups."""
    for path in cgroups(zone):
        try:
            path.rmdir()
        except OSError:
            continue  # the kernel is still emptying it; `remains` tells if it stays


def mounts(lab: Lab) -> list[str]:
    """Mounts below the lab's folder that this namespace sees."""
    lines = (_PROC / "self" / "mounts").read_text().splitlines()
    return [line.split()[1] for line in lines if line.split()[1].startswith(f"{lab.root}/")]


def _in_namespace(zone: Zone) -> Iterator[int]:
    try:
        wanted = zone.namespace_file.stat()
    except OSError:
        return
    for process in _processes():
        try:
            at = (process / "ns" / "net").stat()
        except OSError:
            continue
        if (at.st_dev, at.st_ino) == (wanted.st_dev, wanted.st_ino):
            yield int(process.name)


def _in_cgroups(zone: Zone) -> Iterator[int]:
    for path in cgroups(zone):
        try:
            yield from map(int, (path / "cgroup.procs").read_text().split())
        except OSError:
            continue


def _processes() -> Iterator[Path]:
    return (path for path in _PROC.iterdir() if path.name.isdigit())
