"""A load in its own process, from start to the verified writes."""

import time
from pathlib import Path
from typing import Any

import pytest

from archkit.drills.load import ClientArgs, HttpReads, HttpWrites, Job, Load, Schedule, Workload
from archkit.errors import UserError


def client(port: int, **more: Any) -> ClientArgs:
    return ClientArgs(addresses=(("127.0.0.1", port),), **more)


def load_of(workload: Workload, schedule: Schedule, folder: Path) -> Load:
    job = Job(workload=workload, schedule=schedule, directory=str(folder), verify_timeout_seconds=3)
    return Load(job, name="test")


def test_reads_are_counted_while_it_runs_and_measured_at_its_end(server: Any, tmp_path: Path) -> None:
    with load_of(HttpReads(client=client(server.port)), Schedule.constant(200), tmp_path) as load:
        load.start()
        time.sleep(1.0)
        counters = load.counters
        result = load.stop()
        assert not load.running

    assert counters is not None
    assert 50 < counters.by_kind["ok"] <= result.sent
    assert result.sent == server.requests
    assert result.sent == pytest.approx(result.pace.due, abs=1)
    assert (result.failed, result.consistency, result.verify_error) == (0, None, "")
    assert result.samples.replicas == ["", "one"]
    assert 0 < result.pace.cpu_share < 1
    assert result.began_monotonic == pytest.approx(time.monotonic(), abs=30)


def test_a_schedule_with_an_end_ends_by_itself(server: Any, tmp_path: Path) -> None:
    with load_of(HttpReads(client=client(server.port)), Schedule.constant(100, 0.5), tmp_path) as load:
        load.start()
        result = load.wait()

    assert result.sent == 50
    assert result.rate == pytest.approx(100)


def test_honest_writes_are_all_found(server: Any, tmp_path: Path) -> None:
    workload = HttpWrites(client=client(server.port), path="/things")
    with load_of(workload, Schedule.constant(100, 0.5), tmp_path) as load:
        load.start()
        result = load.wait()

    assert result.consistency is not None
    assert result.consistency.holds
    assert result.consistency.acknowledged == 50
    assert len(result.acknowledged_at) == 50


def test_a_dropped_acknowledged_write_and_a_doubled_one_are_found(server: Any, tmp_path: Path) -> None:
    server.drop, server.double = {"run-7"}, {"run-9"}
    server.things.append("another run's")
    workload = HttpWrites(client=client(server.port), path="/things", run="run")

    with load_of(workload, Schedule.constant(100, 0.3), tmp_path) as load:
        load.start()
        found = load.wait().consistency

    assert found is not None
    assert found.lost.examples == ("run-7",)
    assert found.duplicates.examples == ("run-9",)
    assert found.phantoms.count == 0
    assert found.first_lost_at is not None
    assert not found.holds


def test_writes_without_an_answer_are_unknown_not_lost(server: Any, tmp_path: Path) -> None:
    server.stalled.set()
    workload = HttpWrites(client=client(server.port, timeout_seconds=0.2), path="/things", verify_path="/things")
    with load_of(workload, Schedule.constant(50, 0.4), tmp_path) as load:
        load.start()
        time.sleep(0.8)
        server.stalled.clear()
        found = load.wait().consistency

    assert found is not None
    assert (found.acknowledged, found.unknown, found.lost.count) == (0, 20, 0)


def test_writes_that_cannot_be_read_back_are_not_called_kept(server: Any, tmp_path: Path) -> None:
    workload = HttpWrites(client=client(server.port), path="/things", verify_path="/elsewhere")
    server.answer = lambda: b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"
    with load_of(workload, Schedule.constant(50, 0.2), tmp_path) as load:
        load.start()
        result = load.wait()

    assert result.consistency is None
    assert "GET /elsewhere must list what was written, got 500" in result.verify_error


def test_a_workload_that_cannot_be_prepared_is_one_clear_error(server: Any, tmp_path: Path) -> None:
    with (
        load_of(HttpReads(client=client(server.port), path="\N{SNOWMAN}"), Schedule.constant(10), tmp_path) as load,
        pytest.raises(UserError) as refused,
    ):
        load.start()

    assert refused.value.problems[0].startswith("load: must be able to run `test`, got UnicodeEncodeError")
    assert not load.running


def test_leaving_the_block_ends_the_process(server: Any, tmp_path: Path) -> None:
    with load_of(HttpReads(client=client(server.port)), Schedule.constant(10), tmp_path) as load:
        load.start()
        assert load.running

    assert not load.running
