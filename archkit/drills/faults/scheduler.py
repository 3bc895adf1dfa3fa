"""A swarm without anybody who schedules: every daemon hangs, the containers run on."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Self

from archkit.drills.faults.fault import Fault
from archkit.drills.faults.host import FaultError, started_at

_PROC = Path("/proc")
_OWN_DATA = "/var/lib/docker"


@dataclass(frozen=True, kw_only=True)
class SchedulerFrozen(Fault):
    """SIGSTOP to the Docker daemons of all zones: no scheduling, no health checks, no DNS; what runs goes on running.

    Only ever daemons of the lab, known by the data directory that they were started with: the machine's own daemon
    belongs to others, too.

    Args:
        data_roots: The daemons' data directories, as `--data-root` names them.
        daemons: Process id and start of each, in the kernel's ticks since boot; `prepared` fills it in.

    """

    kind: ClassVar[str] = "scheduler-frozen"

    data_roots: tuple[str, ...]
    daemons: tuple[tuple[int, int], ...] = ()

    def check(self) -> list[str]:
        if not sys.platform.startswith("linux") or os.geteuid() != 0:
            return ["scheduler: needs root on Linux; the zones' daemons are processes of this machine's root"]
        if any(Path(root) == Path(_OWN_DATA) for root in self.data_roots):
            return [f"scheduler: must be the lab's daemons, got {_OWN_DATA}; this machine's own is not the drill's"]
        return [
            f"scheduler: one daemon must work on {root}, got {len(found)}; archkit lab up"
            for root in self.data_roots
            if len(found := list(_daemons(root))) != 1
        ]

    def prepared(self) -> Self:
        return replace(
            self, daemons=tuple((pid, started_at(pid)) for root in self.data_roots for pid in _daemons(root))
        )

    def inject(self) -> None:
        for pid, started in self.daemons:
            if started_at(pid) != started:
                message = f"scheduler: process {pid} is gone; nothing more is frozen"
                raise FaultError(message)
            os.kill(pid, signal.SIGSTOP)

    def heal(self) -> None:
        for pid, started in self.daemons:
            # Another process may have got the number since.
            if started_at(pid) == started:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def describe(self) -> str:
        return f"freezes the Docker daemons of {len(self.data_roots)} zones: nobody schedules, checks or resolves names"


def _daemons(data_root: str) -> Iterator[int]:
    wanted = os.fsencode(data_root)
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if command[0].rpartition(b"/")[2] == b"dockerd" and wanted in command:
            yield int(entry.name)
