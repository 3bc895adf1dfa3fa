"""Requests that are begun without a task come to the same as those with one."""

import asyncio
import time
from threading import Timer
from typing import Any

from archkit.drills.load import ClientArgs, HttpReads, Kind, Samples, Schedule
from archkit.drills.load.generator import Generator
from archkit.drills.load.http.client import Client, Exchange
from archkit.drills.load.http.slots import Slots
from archkit.drills.load.http.workloads import request_bytes
from archkit.drills.load.loop import exact_loop

GET = request_bytes("GET", "/", "test")


def client(port: int, **more: Any) -> ClientArgs:
    return ClientArgs(addresses=(("127.0.0.1", port),), **more)


def run(args: ClientArgs, seconds: float) -> Samples:
    async def whole() -> Samples:
        reads = HttpReads(client=args)
        await reads.prepare()
        generator = Generator(reads, Schedule.constant(100, seconds))
        await generator.run(time.time)
        assert generator.counters().in_flight == 0, "run returns once all that was begun has ended"
        await reads.close()
        return generator.samples

    with asyncio.Runner(loop_factory=exact_loop) as runner:
        return runner.run(whole())


def test_only_a_ready_connection_is_begun_on(server: Any) -> None:
    async def whole() -> list[Any]:
        asked = Client(client(server.port))
        seen: list[Any] = [asked.begin(GET, lambda _: None)]
        await asked.request(GET, idempotent=True)
        done: asyncio.Future[Exchange] = asyncio.get_running_loop().create_future()
        seen.append(asked.begin(GET, done.set_result))
        seen.append((await done).kind)
        asked.close()
        return seen

    assert asyncio.run(whole()) == [False, True, Kind.OK]
    assert server.requests == 2, "what could not be begun was not sent"


def test_a_stall_times_out_each_request_and_the_system_is_found_well_again(server: Any) -> None:
    Timer(0.5, server.stalled.set).start()
    Timer(1.0, server.stalled.clear).start()

    samples = run(client(server.port, timeout_seconds=0.2), 1.6)

    counts = samples.by_kind()
    assert counts.keys() == {Kind.OK, Kind.TIMEOUT}
    assert sum(counts.values()) == 160
    assert all(
        latency >= 0.2 for latency, kind in zip(samples.latency, samples.kind, strict=True) if kind == Kind.TIMEOUT
    )
    assert [kind for at, kind in zip(samples.intended, samples.kind, strict=True) if at > 1.3] == [Kind.OK] * 29


def test_a_connection_that_is_closed_under_a_request_is_a_reset(server: Any) -> None:
    Timer(0.3, lambda: setattr(server, "answer", lambda: None)).start()

    assert run(client(server.port), 0.8).by_kind().keys() == {Kind.OK, Kind.RESET}


def test_slots_are_handed_on_in_turn_and_never_more_than_there_are() -> None:
    async def whole() -> list[str]:
        slots = Slots(1)
        order: list[str] = []

        async def ask(name: str) -> None:
            await slots.wait()
            order.append(name)

        assert slots.take()
        assert not slots.take()
        tasks = [asyncio.create_task(ask(name)) for name in "abc"]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.sleep(0)
        slots.release()
        await asyncio.sleep(0.01)
        assert order == ["b"], "one slot, and the one in front gave up"
        slots.release()
        await asyncio.gather(*tasks, return_exceptions=True)
        slots.release()
        assert slots.take()
        return order

    assert asyncio.run(whole()) == ["b", "c"]
