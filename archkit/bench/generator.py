"""The load generator against vegeta: same server, same constant rate, turn by turn."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from tempfile import TemporaryDirectory

from archkit.bench.peer import build
from archkit.bench.rows import Row, spread
from archkit.drills.load import ClientArgs, HttpReads, Job, Load, Schedule
from archkit.errors import UserError

RATE = 2000
SECONDS = 10.0
REPEATS = 3
NEAR_MILLISECONDS = 0.2
NEAR_SHARE = 0.10
MOST_CPU = 0.5  # cores
STARTUP_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One generator's measurement of the server.

    Args:
        p50_milliseconds: As the generator itself says.
        p99_milliseconds: The same.
        cpu_share: Cores that it used.

    """

    p50_milliseconds: float
    p99_milliseconds: float
    cpu_share: float


def measure(*, rate: float = RATE, seconds: float = SECONDS, repeats: int = REPEATS) -> list[Row]:
    """Rows for p50, p99 and CPU; both generators take turns, so that a busy machine is busy for both.

    Args:
        rate: Requests per second.
        seconds: Length of each turn.
        repeats: Turns of each; the medians are compared.

    Raises:
        UserError: No Go to build vegeta with, a request failed, or the generator could not keep up.

    """
    own: list[Turn] = []
    other: list[Turn] = []
    vegeta = build.vegeta()
    with _server() as port:
        for _ in range(repeats):
            other.append(_vegeta(str(vegeta), port, rate, seconds))
            own.append(_own(port, rate, seconds))
    cpu = [turn.cpu_share for turn in own]
    peer_cpu = median(turn.cpu_share for turn in other)
    return [
        _latency("p50", rate, own, other, lambda turn: turn.p50_milliseconds),
        _latency("p99", rate, own, other, lambda turn: turn.p99_milliseconds),
        Row(
            what=f"generator at {rate:.0f} requests/s: CPU, cores",
            target=f"< {MOST_CPU:g}",
            measured=f"{median(cpu):.2f}",
            met=median(cpu) < MOST_CPU,
            n=repeats,
            spread=spread(cpu, 2),
            note=f"vegeta {peer_cpu:.2f}",
        ),
    ]


def near(value: float, reference: float) -> bool:
    """Within 10 percent or 0.2 ms of each other."""
    return abs(value - reference) <= max(NEAR_MILLISECONDS, NEAR_SHARE * reference)


def _latency(name: str, rate: float, own: Sequence[Turn], other: Sequence[Turn], read: Callable[[Turn], float]) -> Row:
    values, reference = [read(turn) for turn in own], [read(turn) for turn in other]
    return Row(
        what=f"generator at {rate:.0f} requests/s: {name} beside vegeta's, ms",
        target=f"within {NEAR_SHARE:.0%} or {NEAR_MILLISECONDS} ms",
        measured=f"{median(values):.3f}",
        met=near(median(values), median(reference)),
        n=len(values),
        spread=spread(values, 3),
        note=f"vegeta {median(reference):.3f} ({spread(reference, 3)}); ours runs from the moment a request was due",
    )


@contextmanager
def _server() -> Generator[int]:
    command = [str(build.server())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=_first) as process:  # noqa: PLW1509
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.strip().isdigit():
                problem = f"bench/generator: must be able to start its server, got exit code {process.wait()}"
                raise UserError(problem)
            yield int(line)
        finally:
            process.kill()


def _own(port: int, rate: float, seconds: float) -> Turn:
    reads = HttpReads(client=ClientArgs(addresses=(("127.0.0.1", port),)))
    with TemporaryDirectory(prefix="archkit-load-") as folder:
        job = Job(workload=reads, schedule=Schedule.constant(rate, seconds), directory=folder)
        with Load(job, name=f"GET http://127.0.0.1:{port}/") as load:
            load.start()
            result = load.wait()
    if result.latency is None or result.failed:
        failed = f"{result.failed} of {result.sent} requests failed"
        problem = result.pace.problem(result.seconds) or f"bench/generator: must get every answer, got {failed}"
        raise UserError(problem)
    latency = result.latency
    return Turn(
        p50_milliseconds=latency.p50_milliseconds,
        p99_milliseconds=latency.p99_milliseconds,
        cpu_share=result.pace.cpu_share,
    )


def _vegeta(program: str, port: int, rate: float, seconds: float) -> Turn:
    before = _children_cpu()
    attack = subprocess.run(
        [program, "attack", f"-rate={rate:.0f}", f"-duration={seconds:g}s"],
        input=f"GET http://127.0.0.1:{port}/\n".encode(),
        capture_output=True,
        timeout=seconds + STARTUP_SECONDS,
        check=True,
        preexec_fn=_first,
    )
    cpu = _children_cpu() - before
    report = subprocess.run([program, "report", "-type=json"], input=attack.stdout, capture_output=True, check=True)
    values = json.loads(report.stdout)
    if values["success"] != 1:
        problem = f"bench/generator: vegeta must get every answer, got a success rate of {values['success']}"
        raise UserError(problem)
    return Turn(
        p50_milliseconds=values["latencies"]["50th"] / 1e6,
        p99_milliseconds=values["latencies"]["99th"] / 1e6,
        cpu_share=cpu / seconds,
    )


def _first() -> None:
    """Gives server and vegeta the class that the generator gives itself, so that no other program is measured."""
    if hasattr(os, "SCHED_RR"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
