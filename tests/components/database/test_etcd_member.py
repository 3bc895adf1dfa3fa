"""The script that runs etcd, with a program in its place that ends as told, or does not."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "components/database/image/front/bin/etcd-member"
WAITS = "echo ready; sleep 60 & wait $!; wait $!"


@pytest.fixture
def started(tmp_path):
    made: list[subprocess.Popen[str]] = []

    def start(etcd: str, ends_within: float = 0.5) -> subprocess.Popen[str]:
        program = tmp_path / "etcd"
        program.write_text(f"#!/bin/bash\n{etcd}\n")
        program.chmod(0o755)
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "ENDS_WITHIN": str(ends_within)}
        made.append(
            subprocess.Popen(
                [SCRIPT, "--name", "first"], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
            )
        )
        return made[-1]

    yield start
    for one in made:
        with suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
        one.communicate()


def told_to_end(process: subprocess.Popen[str]) -> tuple[int, float]:
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    return process.wait(20), time.monotonic() - began


def test_one_that_does_not_end_is_killed_after_its_time(started) -> None:
    code, seconds = told_to_end(started(f"trap '' TERM; {WAITS}"))

    assert code == 128 + signal.SIGKILL
    assert 0.5 <= seconds < 5


def test_one_that_ends_is_waited_for_and_its_code_is_the_script_s(started) -> None:
    ends = f"trap 'sleep 0.3; echo in order; exit 7' TERM; {WAITS}"
    process = started(ends, ends_within=15)
    code, seconds = told_to_end(process)

    assert code == 7
    assert 0.3 <= seconds < 10
    assert process.stdout.readline() == "in order\n"


def test_one_that_ends_by_itself_ends_the_script_at_once(started) -> None:
    process = started('echo "$@"; exit 3', ends_within=15)

    assert process.wait(10) == 3
    assert process.stdout.readline() == "--name first\n"
