"""A zone really dies, really comes back, and nothing is left of the lab afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archkit.drills.faults import ZoneCut, ZoneKilled
from archkit.drills.healing import heal_all
from archkit.drills.journal import Journal
from archkit.drills.scenarios.zones import LabSwitch
from archkit.lab import Lab, down, kernel, remains, status, swarm, up, zone_down, zone_up
from archkit.labels import ZONE

pytestmark = pytest.mark.lab
MAKE_LAB = """
import sys
from pathlib import Path
from archkit.lab import Lab, up
print("begun", flush=True)
up(Lab(name=sys.argv[1], root=Path(sys.argv[2])))
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    made = Lab(name="akl-test", root=Path("/var/lib/akl-test"))
    up(made)
    yield made
    down(made)
    assert remains(made) == []


def ready(lab: Lab) -> list[str]:
    return [zone.name for zone in status(lab) if zone.node == "ready"]


def test_three_zones_are_ready_and_labelled(lab: Lab) -> None:
    assert ready(lab) == ["a", "b", "c"]
    nodes = swarm.connect(lab.zones[0]).nodes.list()
    assert sorted(node.attrs["Spec"]["Labels"][ZONE] for node in nodes) == ["a", "b", "c"]


def test_making_the_lab_again_changes_nothing(lab: Lab) -> None:
    before = [kernel.init_of(zone) for zone in lab.zones]
    up(lab)
    assert [kernel.init_of(zone) for zone in lab.zones] == before, "a zone was switched off and on again"


def test_a_lost_heartbeat_is_noticed_within_seconds(lab: Lab) -> None:
    assert swarm.connect(lab.zones[0]).swarm.attrs["Spec"]["Dispatcher"]["HeartbeatPeriod"] == 1_000_000_000


def test_a_killed_zone_is_gone_and_comes_back(lab: Lab) -> None:
    victim = lab.zone("c")
    zone_down(lab, victim, cut=False)
    assert kernel.processes_in(victim) == [], "something in the zone survived the power failure"
    wait(lambda: swarm.members(lab, lab.zones[:2]).get("zone-c") == "down", "the swarm never noticed", 30)
    zone_up(lab, victim)
    swarm.wait_until_ready(lab)


def test_a_zone_that_is_cut_off_keeps_running_and_comes_back(lab: Lab) -> None:
    victim = lab.zone("c")
    before = kernel.init_of(victim)
    zone_down(lab, victim, cut=True)
    wait(lambda: swarm.members(lab, lab.zones[:2]).get("zone-c") != "ready", "the swarm never noticed", 30)
    assert kernel.init_of(victim) == before, "a cut cable is not a power failure"
    zone_up(lab, victim)
    swarm.wait_until_ready(lab, patience_seconds=90)


def test_a_half_made_lab_is_completed_and_a_half_dead_one_removed_without_trace(lab: Lab) -> None:
    """As after a crash of the kit: a zone's init is gone, and nobody wrote that down."""
    init = kernel.init_of(lab.zone("b"))
    assert init is not None
    os.kill(init, signal.SIGKILL)
    wait(lambda: kernel.init_of(lab.zone("b")) is None, "the zone did not die", 10)
    up(lab)
    assert ready(lab) == ["a", "b", "c"]


def test_what_a_dead_drill_took_is_given_back_from_its_journal_alone(lab: Lab, tmp_path: Path) -> None:
    switch = LabSwitch(lab)
    killed = ZoneKilled(zone="b", switch=switch)
    cut = ZoneCut(zone="c", switch=switch)
    for fault in (killed, cut):
        assert fault.check() == []
        Journal("zonetest", tmp_path).open(fault)
        fault.inject()
    assert [(one.name, one.power, one.cable) for one in status(lab)] == [
        ("a", True, True),
        ("b", False, True),
        ("c", True, False),
    ]

    healed = heal_all("zonetest", directory=tmp_path, switch=switch)

    assert {one.kind: one.problem for one in healed} == {"zone-killed": "", "zone-cut": ""}
    swarm.wait_until_ready(lab, patience_seconds=90)
    assert heal_all("zonetest", directory=tmp_path, switch=switch) == []


@pytest.mark.timeout(300)
def test_a_lab_whose_making_was_killed_at_any_moment_is_completed_and_leaves_nothing(lab: Lab) -> None:
    for seconds in (0.3, 0.8, 1.3, 2.0):
        down(lab)
        command = [sys.executable, "-c", MAKE_LAB, lab.name, str(lab.root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as kit:
            assert kit.stdout is not None
            assert kit.stdout.readline() == "begun\n"
            time.sleep(seconds)
            kit.kill()
        up(lab)
        assert ready(lab) == ["a", "b", "c"], f"killed {seconds} s after its begin"
    down(lab)
    assert remains(lab) == []
    up(lab)


def wait(holds: object, otherwise: str, seconds: float) -> None:
    assert callable(holds)
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, otherwise
        time.sleep(0.1)
