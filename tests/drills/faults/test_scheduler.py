"""Freezing the lab's daemons, tried on processes that look like daemons."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archkit.drills.faults import SchedulerFrozen, from_document, to_document

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc, which only Linux has")


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Starts what the kernel shows as a daemon on a zone's data."""
    started: list[subprocess.Popen[bytes]] = []

    def start(root: str) -> subprocess.Popen[bytes]:
        command = ["dockerd", "-c", "import time; time.sleep(60)", "--data-root", root]
        started.append(subprocess.Popen(command, executable=sys.executable))
        until = time.monotonic() + 5
        while root not in Path(f"/proc/{started[-1].pid}/cmdline").read_text() and time.monotonic() < until:
            time.sleep(0.01)
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait()


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def state(process: subprocess.Popen[bytes]) -> str:
    time.sleep(0.05)
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_daemons_stop_and_go_on_as_often_as_asked_from_the_journal_alone(daemon, tmp_path: Path) -> None:
    processes = [daemon(f"{tmp_path}/{zone}") for zone in "ab"]
    fault = SchedulerFrozen(data_roots=(f"{tmp_path}/a", f"{tmp_path}/b")).prepared()
    assert fault.check() == []
    fault.inject()
    assert [state(one) for one in processes] == ["T", "T"]

    import json  # noqa: PLC0415 - as the journal writes it

    again = from_document(json.loads(json.dumps(to_document(fault))))
    again.heal()
    again.heal()

    assert "T" not in [state(one) for one in processes]


def test_a_process_that_only_has_the_same_number_is_left_alone(daemon, tmp_path: Path) -> None:
    process = daemon(f"{tmp_path}/a")
    fault = SchedulerFrozen(data_roots=(f"{tmp_path}/a",), daemons=((process.pid, 1),))
    os.kill(process.pid, 19)
    fault.heal()

    assert state(process) == "T", "it started at another time, so it is not the one that was frozen"


def test_without_a_daemon_or_with_this_machines_own_nothing_is_touched(tmp_path: Path) -> None:
    (missing,) = SchedulerFrozen(data_roots=(f"{tmp_path}/a",)).check()
    assert missing.endswith("/a, got 0; archkit lab up")
    (own,) = SchedulerFrozen(data_roots=("/var/lib/docker",)).check()
    assert own.startswith("scheduler: must be the lab's daemons, got /var/lib/docker")


def test_who_is_not_root_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (problem,) = SchedulerFrozen(data_roots=("/x",)).check()
    assert problem.startswith("scheduler: needs root on Linux")
