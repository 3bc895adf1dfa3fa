"""One drill at a time for each stack."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archkit.drills.lock import drill_lock
from archkit.errors import UserError

HOLD = """
import sys, time
from pathlib import Path
from archkit.drills.lock import drill_lock
with drill_lock("web-local", directory=Path(sys.argv[1]), doing="archkit drill web-local freeze"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_who_comes_second_is_told_who_holds_the_stack(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(UserError) as refused, drill_lock("web-local", directory=tmp_path):
        pass
    (problem,) = refused.value.problems
    assert f"process {holder.pid}" in problem
    assert "`archkit drill web-local freeze`" in problem
    assert "since 20" in problem


def test_another_stack_is_free(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with drill_lock("web-aws", directory=tmp_path):
        pass


def test_a_holder_that_is_killed_gives_the_stack_back(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with drill_lock("web-local", directory=tmp_path):
        pass


def test_the_lock_is_free_again_after_a_failed_drill(tmp_path: Path) -> None:
    def drill() -> None:
        with drill_lock("web-local", directory=tmp_path):
            raise UserError("the steady state does not hold")

    with pytest.raises(UserError, match="steady state"):
        drill()
    with drill_lock("web-local", directory=tmp_path):
        pass
