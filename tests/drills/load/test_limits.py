"""The generator's priority, and the guard that takes it away from one that never sleeps."""

import subprocess
import sys

import pytest

from archkit.drills.load.limits import raise_open_files

PROGRAM = """
import os, time
from archkit.drills.load.limits import raise_priority
assert raise_priority()
print(os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR)
for _ in range(10):
    time.sleep(0.05)
print(os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR)
end = time.monotonic() + 3
while time.monotonic() < end and os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR:
    pass
print(os.sched_getscheduler(0) == os.SCHED_OTHER)
"""


def allowed() -> bool:
    probe = "import sys; from archkit.drills.load.limits import raise_priority; sys.exit(not raise_priority())"
    return subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def test_a_generator_that_never_sleeps_loses_its_priority() -> None:
    if not allowed():
        pytest.skip("this user or machine has no real-time class, so there is no priority to lose")

    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=30)

    assert done.stdout.split() == ["True", "True", "True"], "raised, kept while it sleeps, lost while it spins"


def test_the_limit_of_open_files_is_the_hard_one() -> None:
    assert raise_open_files() > 1000
