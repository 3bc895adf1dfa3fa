"""What is said before anything is touched, where a fault cannot be made. No Docker here."""

import os
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from archkit.drills.faults import (
    KINDS,
    BadDeploy,
    Cut,
    Fault,
    FaultError,
    Freeze,
    HalfCut,
    Host,
    Kill,
    Lossy,
    Slow,
    Starve,
    ZoneCut,
    ZoneKilled,
    kernel,
)

CONTAINER = "0123456789abcdef"
NOWHERE = Host(name="b", docker_host="unix:///nowhere/docker.sock")


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon that runs the container."""
    found = {
        "Id": CONTAINER,
        "State": {"Running": True, "Paused": False, "Status": "running", "Pid": 1},
        "Config": {"Labels": {}},
        "HostConfig": {"NanoCpus": 500_000_000, "Memory": 64 * 2**20},
        "Mounts": [],
    }
    monkeypatch.setattr(Host, "daemon_problems", lambda self: [])
    monkeypatch.setattr(Host, "container", lambda self, container: found)
    monkeypatch.setattr(Host, "process", lambda self, container: os.getpid())


@pytest.mark.parametrize("fault", [Kill, Freeze, Cut])
def test_a_daemon_that_does_not_answer_is_named(fault: type[Kill]) -> None:
    (problem,) = fault(host=NOWHERE, container=CONTAINER).check()
    assert problem.startswith("host b: the Docker daemon must answer, got ")


@pytest.mark.usefixtures("running")
def test_who_is_not_root_is_told_what_works_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (problem,) = Cut(container=CONTAINER).check()
    assert problem.startswith("host local: needs root, got user 1000;")
    assert "choose a fault that Docker makes (kill, stop, freeze)" in problem
    assert Kill(container=CONTAINER).check() == []


@pytest.mark.usefixtures("running")
def test_a_machine_that_is_not_linux_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert Cut(container=CONTAINER).check() == [
        "host local: needs Linux, got darwin; containers live in a virtual machine here"
    ]


@pytest.mark.usefixtures("running")
def test_missing_programs_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: None)
    problems = Cut(container=CONTAINER).check()
    assert [problem.split("program ")[1].split(",")[0] for problem in problems] == [
        "nsenter",
        "iptables",
        "iptables-restore",
    ]


@pytest.mark.usefixtures("running")
def test_a_daemon_on_another_kernel_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setattr(Host, "process", lambda self, container: None)
    (problem,) = Cut(container=CONTAINER).check()
    assert "needs a daemon on this machine's own kernel" in problem


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Lossy(container=CONTAINER, loss=0.1), "needs iptables' statistic match, which this kernel lacks"),
        (Slow(container=CONTAINER, latency_milliseconds=5), "needs iptables' NFQUEUE target, which this kernel lacks"),
        (Slow(container=CONTAINER, bandwidth_bits_per_second=10**6), "needs the queueing discipline tbf"),
    ],
)
def test_what_the_kernel_lacks_is_said(fault: Fault, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Host, "network_problems", lambda self, container, *programs: [])
    monkeypatch.setattr("archkit.drills.faults.slow._disciplines", lambda *_: [])
    monkeypatch.setattr(kernel, "_works", lambda script: False)
    (problem,) = fault.check()
    assert words in problem


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Lossy(container=CONTAINER, loss=0), "lossy/loss: must be above 0 and at most 1, got 0"),
        (Lossy(container=CONTAINER, loss=30), "lossy/loss: must be above 0 and at most 1, got 30"),
        (Slow(container=CONTAINER), "slow: needs a latency or a bandwidth, got neither"),
        (Slow(container=CONTAINER, latency_milliseconds=-1), "must be 0 to 10000, got -1"),
        (Slow(container=CONTAINER, bandwidth_bits_per_second=100), "must be 0 or from 8000, got 100"),
        (HalfCut(container=CONTAINER, direction="up"), "half-cut/direction: must be in, out or both, got 'up'"),
        (HalfCut(container=CONTAINER, direction="both"), "both needs peers; without them it is a cut"),
        (HalfCut(container=CONTAINER, peers=("web",)), "peer: must be an IP address or network"),
        (Starve(container=CONTAINER), "starve: needs cpus or memory_bytes, got neither"),
        (Starve(container=CONTAINER, cpus=0.001), "starve/cpus: must be 0 or from 0.01, got 0.001"),
        (Starve(container=CONTAINER, cpus=2), "starve/cpus: must be below the 0.5 that 0123456789ab has"),
        (Starve(container=CONTAINER, memory_bytes=1000), "starve/memory_bytes: must be 0 or from 6291456, got 1000"),
        (Starve(container=CONTAINER, memory_bytes=2**30), "starve/memory_bytes: must be below the 67108864"),
        (BadDeploy(service="web", release="slow"), "bad-deploy/release: must be unhealthy or no-image, got 'slow'"),
    ],
)
def test_a_value_out_of_range_is_refused(fault: Fault, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Host, "network_problems", lambda self, container, *programs: [])
    assert any(words in problem for problem in fault.check()), fault.check()


class Switch:
    """A lab of two zones that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    def zones(self) -> tuple[str, ...]:
        return ("a", "b")

    def zone_down(self, zone: str, cut: bool) -> None:
        self.told.append(("down", zone, "cut" if cut else "power"))

    def zone_up(self, zone: str) -> None:
        self.told.append(("up", zone))


@pytest.mark.parametrize(("fault", "how"), [(ZoneKilled, "power"), (ZoneCut, "cut")])
def test_a_zone_is_taken_by_its_switch_and_given_back(fault: type[ZoneKilled | ZoneCut], how: str) -> None:
    switch = Switch()
    made = fault(zone="b", switch=switch)
    assert made.check() == []
    made.inject()
    made.heal()
    assert switch.told == [("down", "b", how), ("up", "b")]


def test_zones_that_are_not_there_are_refused() -> None:
    assert ZoneCut(zone="q", switch=Switch()).check() == ["zone: must be one of a, b, got 'q'"]
    (problem,) = ZoneCut(zone="b").check()
    assert "archkit lab up makes three" in problem


def test_a_zone_fault_without_a_switch_is_not_taken_for_healed() -> None:
    with pytest.raises(FaultError, match="archkit lab zone-up b"):
        ZoneCut(zone="b").heal()


EXAMPLES: Mapping[str, Any] = {
    "container": CONTAINER,
    "service": "web",
    "volume": "data",
    "zone": "b",
    "data_roots": ("/lab/a", "/lab/b"),
}


@pytest.mark.parametrize("kind", sorted(name for name in KINDS if not name.startswith("test-")))
def test_every_fault_says_what_it_does_to_whom(kind: str) -> None:
    made = KINDS[kind]
    wanted = {name: value for name, value in EXAMPLES.items() if name in made.__dataclass_fields__}
    text = made(**wanted).describe()
    assert text[0].islower(), "it is the end of a sentence: the drill ..."
    told = {str(len(value)) if isinstance(value, tuple) else str(value)[:12] for value in wanted.values()}
    assert any(one in text for one in told)
