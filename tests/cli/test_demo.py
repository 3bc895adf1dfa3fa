"""`archkit demo` where no Docker Engine can be had: all that needs none, the reason, and exit code 3."""

import subprocess
import sys
from pathlib import Path

import pytest

from archkit.cli.demo import _zones as zones_told

ROOT = Path(__file__).parents[2]
# A machine without Docker, whatever this one has; `{more}` is what else differs.
PROGRAM = """
import sys
import archkit.cli.demo as demo
from archkit.cli.main import main
from archkit.machine import NoDockerError
from archkit.policies import Finding

def prepare(target):
    raise NoDockerError("it is not installed, and only root could install it")

def touched(*_):
    raise AssertionError("nothing may be made where nothing can be deployed")

demo.prepare, demo.init_stack, demo.open_stack = prepare, touched, touched
{more}
sys.argv = ["archkit", "demo"]
main()
"""
FLAWED = (
    'demo.check = lambda graph: [Finding(policy="p", resource="r", urn="u", place="stacks/web.py:1", '
    'reason="is off", remedy="turn it on")]'
)


def demo(more: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM.format(more=more)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def done() -> subprocess.CompletedProcess[str]:
    return demo()


def test_it_ends_with_3_and_says_what_it_could_not_do_and_why(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 3, done.stderr
    assert "error: docker: it is not installed, and only root could install it" in done.stderr
    assert "recorded and checked on both targets, but not deployed" in done.stderr
    assert "archkit doctor" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("stack", ["web-local", "web-aws"])
def test_the_design_is_recorded_and_checked_on_both_targets(done: subprocess.CompletedProcess[str], stack: str) -> None:
    (told,) = [line for line in done.stdout.splitlines() if line.startswith(f"{stack}: ")]

    assert " resources of " in told
    assert "they keep all" in told


def test_the_graph_is_shown_with_the_lines_of_the_design(done: subprocess.CompletedProcess[str]) -> None:
    assert "archkit:local:Service stacks/web.py:" in done.stdout
    assert "docker:index/service:Service" in done.stdout
    assert max(map(len, done.stdout.splitlines())) > 80, "no line is cut at a terminal's width"


def test_a_design_that_breaks_a_policy_is_a_failure_and_not_only_less_than_wished() -> None:
    flawed = demo(FLAWED)

    assert flawed.returncode == 1
    assert "error: web-aws: stacks/web.py:1: r: is off; turn it on (p)" in flawed.stderr


@pytest.mark.parametrize(
    ("labelled", "told"),
    [
        ([], "none labelled, so replicas are not spread; `archkit lab up` gives three on Linux"),
        (["a", "b"], "2 labelled, so replicas are not spread; `archkit lab up` gives three on Linux"),
        (["a", "b", "c"], "a, b, c: replicas are spread over them"),
    ],
)
def test_which_zones_there_are_is_told(labelled: list[str], told: str) -> None:
    assert zones_told(labelled) == told
