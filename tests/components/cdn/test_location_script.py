"""What starts in a location, and what its end takes along: the script, with servers that note what befalls them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "components" / "cdn" / "image" / "location"
SERVERS = ("varnishd", "haproxy", "prometheus-varnish-exporter")
SERVER = """#!/bin/bash
name=$(basename "$0")
note() { echo "$name $1" >>"$NOTES"; }
trap 'note TERM; exit 0' TERM
trap 'note USR1; exit 0' USR1
note started
while [ ! -e "$NOTES.$name" ]; do sleep 0.02; done
exit "$(cat "$NOTES.$name")"
"""


class Location:
    """The script under way."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "notes"
        self.file.touch()
        for name in SERVERS:
            (folder / name).write_text(SERVER)
            (folder / name).chmod(0o755)
        env = {"PATH": f"{folder}:{os.environ['PATH']}", "NOTES": str(self.file)}
        self.process = subprocess.Popen(["bash", SCRIPT], env=env, start_new_session=True)

    @property
    def notes(self) -> set[str]:
        return set(self.file.read_text().splitlines())

    def waits_for(self, *notes: str) -> None:
        until = time.monotonic() + 10
        while not self.notes.issuperset(notes):
            assert time.monotonic() < until, self.notes
            time.sleep(0.02)

    def ends(self, server: str, code: int) -> None:
        partial = self.file.with_name("partial")
        partial.write_text(str(code))
        partial.rename(self.file.with_name(f"notes.{server}"))


@pytest.fixture
def start(tmp_path: Path) -> Generator[Callable[[], Location]]:
    made: list[Location] = []

    def begin() -> Location:
        made.append(Location(tmp_path))
        return made[-1]

    yield begin
    for one in made:
        with suppress(ProcessLookupError):
            os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait(10)


def test_haproxy_looks_for_origins_while_varnish_still_compiles(start: Callable[[], Location]) -> None:
    location = start()

    location.waits_for("varnishd started", "haproxy started")  # a Varnish without a socket


@pytest.mark.parametrize(("ended", "other"), [("varnishd", "haproxy"), ("haproxy", "varnishd")])
def test_where_one_server_ends_the_other_does_and_the_code_is_told(
    start: Callable[[], Location], ended: str, other: str
) -> None:
    location = start()
    location.waits_for("varnishd started", "haproxy started")
    location.ends(ended, 3)

    assert location.process.wait(10) == 3
    location.waits_for(f"{other} TERM")


def test_told_to_stop_haproxy_ends_its_requests_first(start: Callable[[], Location]) -> None:
    location = start()
    location.waits_for("varnishd started", "haproxy started")
    location.process.terminate()

    location.waits_for("haproxy USR1", "varnishd TERM")
    location.process.wait(10)
