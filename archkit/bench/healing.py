"""How many faults stay behind when a drill is interrupted at a random moment. Needs root, Linux and Docker.

Each try starts a drill in a process of its own, sends it SIGINT (as a terminal does, to its whole process group, half
of the time twice) or SIGKILL at a random moment between its first word and its end, and then looks at the container
from outside, not through the drill's own records. After SIGINT the drill must have healed by itself, after SIGKILL
the next `heal_all` must.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from docker.errors import NotFound

from archkit.bench.healing_drill import STACK
from archkit.bench.rows import Row, spread
from archkit.drills.faults import Host
from archkit.drills.faults.host import TAG
from archkit.drills.healing import heal_all
from archkit.drills.journal import Journal

_CPUS = 0.5
_MARK = "ARCHKIT_HEALING_BENCH"
"""In the environment of each process that these drills start, with their folder."""

_PATIENCE_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class Try:
    """One interrupted drill.

    Args:
        signal: `SIGINT` or `SIGKILL`.
        after_seconds: When, from the drill's first word.
        open_faults: How many the journal held open when the drill's process had ended.
        left: What was found on the container after healing; must be empty.
        exit_code: The drill's own; negative is a signal.
        healing_seconds: From the signal until all was healed.

    """

    signal: str
    after_seconds: float
    open_faults: int
    left: tuple[str, ...]
    exit_code: int
    healing_seconds: float


def interrupt(*, ctrl_c: int, kills: int, image: str, seed: int = 1) -> list[Try]:
    """Interrupts drills, each at another moment; the same seed gives the same moments.

    Args:
        ctrl_c: How many get SIGINT.
        kills: How many get SIGKILL.
        image: Any that has `sleep`.
        seed: Decides the moments.

    """
    chance = random.Random(seed)  # noqa: S311 - moments that can be repeated, no secret
    with _container(image) as container, tempfile.TemporaryDirectory() as folder:
        whole = _run_through(Path(folder), container)
        return [
            _try(Path(folder), container, name, chance.uniform(0, whole), chance)
            for name in (*("SIGINT",) * ctrl_c, *("SIGKILL",) * kills)
        ]


def rows(*, image: str, ctrl_c: int = 50, kills: int = 20) -> list[Row]:
    """One for each signal: 0 faults must be left.

    Args:
        image: Any that has `sleep`.
        ctrl_c: How many drills get SIGINT.
        kills: How many get SIGKILL, after which only the next healing can help.

    """
    tries = interrupt(ctrl_c=ctrl_c, kills=kills, image=image)
    return [_row(name, [one for one in tries if one.signal == name]) for name in ("SIGINT", "SIGKILL")]


def _row(name: str, tries: list[Try]) -> Row:
    left = sum(len(one.left) for one in tries)
    caught = sum(one.open_faults > 0 for one in tries)
    by = "the drill itself" if name == "SIGINT" else f"the next heal; {caught} drills died with faults open"
    return Row(
        what=f"faults left behind after {name} at a random moment",
        target="0",
        measured=str(left),
        met=left == 0,
        n=len(tries),
        note=f"healed by {by}, {spread([one.healing_seconds for one in tries])} s after the signal",
    )


def leftovers(host: Host, container: str, folder: Path) -> list[str]:
    """What of a drill is still to be seen: asked of Docker, the kernel and the process table."""
    found = host.container(container)
    if found is None:
        return []
    left: list[str] = []
    if found["State"]["Paused"]:
        left.append("frozen")
    config = found["HostConfig"]
    if config["NanoCpus"] != int(_CPUS * 1e9) or config["CpuQuota"]:
        left.append(f"limits: NanoCpus {config['NanoCpus']}, CpuQuota {config['CpuQuota']}")
    for command in ("iptables-save", "ip6tables-save"):
        rules = host.in_network(container, [command], fault="")
        left += [line for line in rules.splitlines() if "archkit" in line]
    disciplines = json.loads(host.in_network(container, ["tc", "-json", "qdisc", "show"], fault=""))
    left += [f"{one['dev']}: {one['kind']}" for one in disciplines if one["kind"] != "noqueue"]
    left += [f"process {pid}" for pid in _processes(str(folder))]
    return left


def _try(folder: Path, container: str, name: str, after: float, chance: random.Random) -> Try:
    host = Host()
    drill = _start(folder, container)
    time.sleep(after)
    sent = time.monotonic()
    with suppress(ProcessLookupError):
        if name == "SIGKILL":
            os.kill(drill.pid, signal.SIGKILL)
        else:
            os.killpg(drill.pid, signal.SIGINT)
            if chance.random() < 0.5:
                time.sleep(chance.uniform(0, 0.3))
                os.killpg(drill.pid, signal.SIGINT)
    exit_code = _wait(drill)
    still_open = len(Journal(STACK, folder).entries())
    if name == "SIGKILL":
        heal_all(STACK, directory=folder)
    healing = time.monotonic() - sent
    # A request that was on its way when the drill died may still arrive: look once it has.
    time.sleep(0.3)
    left = leftovers(host, container, folder)
    if name == "SIGINT" and still_open:
        left.append(f"{still_open} open in the journal")
    heal_all(STACK, directory=folder)
    return Try(
        signal=name,
        after_seconds=round(after, 3),
        open_faults=still_open,
        left=tuple(left),
        exit_code=exit_code,
        healing_seconds=healing,
    )


def _start(folder: Path, container: str) -> subprocess.Popen[str]:
    """A drill, once it has begun."""
    drill = subprocess.Popen(
        [sys.executable, "-m", "archkit.bench.healing_drill", str(folder), container],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        process_group=0,
        env={**os.environ, _MARK: str(folder)},
    )
    assert drill.stdout is not None
    if drill.stdout.readline() != "begun\n":
        drill.kill()
        message = f"the drill did not begin: exit code {_wait(drill)}"
        raise RuntimeError(message)
    return drill


def _run_through(folder: Path, container: str) -> float:
    """How long a drill lasts that nobody interrupts, in seconds."""
    drill = _start(folder, container)
    began = time.monotonic()
    if code := _wait(drill):
        message = f"the drill must end by itself before it is interrupted, got exit code {code}"
        raise RuntimeError(message)
    return time.monotonic() - began


def _wait(drill: subprocess.Popen[str]) -> int:
    try:
        return drill.wait(_PATIENCE_SECONDS)
    finally:
        drill.kill()
        drill.wait()
        if drill.stdout is not None:
            drill.stdout.close()


@contextmanager
def _container(image: str) -> Generator[str]:
    """A container to break, on a network of its own."""
    client = Host().client
    name = f"faultstest-healing-{uuid4().hex[:8]}"
    network = client.networks.create(name)
    made = None
    try:
        made = client.containers.create(
            image, ["sleep", "infinity"], name=name, init=True, network=name, nano_cpus=int(_CPUS * 1e9)
        )
        made.start()
        yield str(made.id)
    finally:
        with suppress(NotFound):
            if made is not None:
                made.remove(force=True)
        network.remove()


def _processes(folder: str) -> list[int]:
    """Processes that faults started and that belong to these drills: by the tag, and by who started them."""
    found: list[int] = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            text = environment.read_bytes()
            if f"{TAG}=".encode() in text and f"{_MARK}={folder}".encode() in text:
                found.append(int(environment.parent.name))
    return found
