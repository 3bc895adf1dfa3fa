"""How a replica ends, as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

APPS = Path(__file__).parents[3] / "stacks" / "apps"
APPLICATION = APPS / "web"


@pytest.fixture
def replica():
    """A running replica that stays unready for a second: its process and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp"],
        cwd=APPLICATION,
        env={
            **os.environ,
            "PYTHONPATH": str(APPS / "shared"),
            "PORT": str(port),
            "ARCHKIT_UNREADY_SECONDS": "1",
            "ARCHKIT_REPLICA": "1",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _until(lambda: httpx.get(f"{address}/readyz").status_code == 200)
        yield process, address
    finally:
        process.kill()
        process.communicate()


def test_on_sigterm_it_is_unready_at_once_serves_on_and_ends_well(replica) -> None:
    process, address = replica
    with httpx.Client(base_url=address) as client:
        assert client.get("/").status_code == 200
        process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        _until(lambda: client.get("/readyz").status_code == 503)
        while time.monotonic() - told < 0.8:
            assert client.get("/").status_code == 200, "it serves on while load balancers take note"
            time.sleep(0.02)

    assert process.wait(timeout=5) == 0, "an end that was asked for is no failure"
    assert 1.0 <= time.monotonic() - told < 4


def test_a_request_in_flight_is_answered_before_the_end(replica) -> None:
    process, address = replica
    process.send_signal(signal.SIGTERM)

    answer = httpx.get(f"{address}/work?wait_milliseconds=2500", timeout=10)

    assert answer.status_code == 200, "the drain was over before it was answered, but it had been accepted"
    assert process.wait(timeout=5) == 0


def test_a_second_signal_ends_the_wait(replica) -> None:
    process, address = replica
    process.send_signal(signal.SIGTERM)
    _until(lambda: httpx.get(f"{address}/readyz").status_code == 503)
    told = time.monotonic()
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=5) == 0
    assert time.monotonic() - told < 0.8


def test_settings_that_make_no_sense_end_it_with_a_line_and_no_traceback() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "webapp"],
        cwd=APPLICATION,
        env={**os.environ, "PYTHONPATH": str(APPS / "shared"), "PORT": "none"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "PORT: must be" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


def _until(holds, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    pytest.fail(f"not within {seconds} s")
