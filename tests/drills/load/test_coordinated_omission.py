"""A stall must be seen in the latencies of all that should have been sent while it lasted."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from threading import Timer
from typing import Any

import pytest

from archkit.drills.load import ClientArgs, HttpReads, Kind, Outcome, Samples, Schedule, latency_of
from archkit.drills.load.generator import Generator
from archkit.drills.load.loop import exact_loop
from archkit.drills.load.result import pace_of
from archkit.drills.load.workload import Workload

RATE, SECONDS, STALL = 200, 2.0, 0.6
FIRST = 140


def run(workload: Workload, schedule: Schedule) -> tuple[Samples, Generator]:
    async def whole() -> Generator:
        await workload.prepare()
        generator = Generator(workload, schedule)
        await generator.run(time.time)
        await workload.close()
        await asyncio.sleep(0)
        return generator

    with asyncio.Runner(loop_factory=exact_loop) as runner:
        generator = runner.run(whole())
    return generator.samples, generator


@dataclass
class Stalling:
    """Reads of a server that stalls from the `FIRST`th on, for `STALL` seconds or, on a busy machine, longer."""

    reads: HttpReads
    server: Any

    async def prepare(self) -> None:
        await self.reads.prepare()

    def begin(self, number: int, done: Callable[[Outcome], None]) -> bool:
        if number == FIRST:
            self.server.stalled.set()
            Timer(STALL, self.server.stalled.clear).start()
        return self.reads.begin(number, done)

    async def operation(self, number: int) -> Outcome:
        return await self.reads.operation(number)

    async def verify(self) -> Mapping[str, int] | None:
        return None

    async def close(self) -> None:
        await self.reads.close()


@pytest.mark.parametrize("connections", [1, 1000])
def test_a_stalled_server_is_seen_in_the_percentiles(server: Any, connections: int) -> None:
    client = ClientArgs(addresses=(("127.0.0.1", server.port),), max_connections=connections)

    samples, _ = run(Stalling(HttpReads(client=client), server), Schedule.constant(RATE, SECONDS))

    assert len(samples) == RATE * SECONDS, "an open loop sends what is due, whoever stalls"
    assert samples.by_kind() == {Kind.OK: len(samples)}
    latency = latency_of(samples.latency)
    assert latency is not None
    assert latency.p99_milliseconds > STALL * 1000 * 0.9, "1 of 100 came in the first tenth of the stall"
    by_turn = [taken for _, taken in sorted(zip(samples.intended, samples.latency, strict=True))]
    until = FIRST + int(RATE * (STALL - 0.1))
    before, during = by_turn[:FIRST], by_turn[FIRST:until]
    assert min(during) > 0.1, (
        "all that were due more than 0.1 s before the stall ended waited that long; a closed loop would have "
        f"shown one slow request per connection, here {sum(taken > 0.1 for taken in during)} of {len(during)} were slow"
    )
    assert median(before) < median(during), "those were sent while the server was well"


@dataclass
class Blocking:
    """Holds up the generator's own process at its 50th operation, which is no fault of any system."""

    async def prepare(self) -> None: ...

    async def operation(self, number: int) -> Outcome:
        if number == 50:
            time.sleep(0.3)
        return Outcome(Kind.OK)

    async def verify(self) -> Mapping[str, int] | None:
        return None

    async def close(self) -> None: ...


def test_a_generator_that_was_held_up_says_so() -> None:
    samples, generator = run(Blocking(), Schedule.constant(RATE, 1.0))
    pace = pace_of(RATE, samples.lag, 0.1, 1.0)

    assert len(samples) == RATE, "what became due meanwhile is sent late, not left out"
    assert pace.lag_max_milliseconds > 250
    assert not pace.kept_up, f"{pace.late_share:.0%} began late by the generator's own fault"
    assert "the latencies are the generator's own and are not reported" in pace.problem(1.0)
    assert generator.counters().in_flight == 0


def test_a_generator_that_kept_up_has_nothing_to_say() -> None:
    pace = pace_of(1000, [0.0001] * 1000, 0.3, 1.0)

    assert pace.kept_up
    assert pace.problem(1.0) == ""
    assert pace.cpu_share == pytest.approx(0.3)


def test_a_rate_that_was_not_reached_is_told_with_what_was() -> None:
    problem = pace_of(20_000, [0.2] * 15_000, 2.0, 2.0).problem(2.0)

    assert problem.startswith("load/rate: must be what this machine can send, got 10000 per second; 7500 per second")


@dataclass
class Broken(Blocking):
    async def operation(self, number: int) -> Outcome:
        raise ZeroDivisionError


def test_a_fault_of_the_workloads_own_code_ends_the_load() -> None:
    with pytest.raises(ZeroDivisionError):
        run(Broken(), Schedule.constant(100))


def test_timers_of_the_loop_are_exact_to_a_fraction_of_a_millisecond() -> None:
    async def late() -> list[float]:
        loop = asyncio.get_running_loop()
        values: list[float] = []
        for _ in range(200):
            due = loop.time() + 0.0013
            await asyncio.sleep(0.0013)
            values.append(loop.time() - due)
        return values

    with asyncio.Runner(loop_factory=exact_loop) as runner:
        values = sorted(runner.run(late()))
    best = values[
        len(values) // 20
    ]  # a busy machine wakes most of them late, whoever asks; a rounded timer is never early
    assert best < 0.0005, "asyncio's own selector rounds 1.3 ms up to 2 ms"
