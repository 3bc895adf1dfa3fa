"""A stack, its load and its clock as a scenario sees them, without Docker: what each test says is what is so."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from archkit.drills.deployed import Deployed
from archkit.drills.drill import Drill
from archkit.drills.faults import Fault, Host
from archkit.drills.journal import Journal
from archkit.drills.load import Counters, Kind, LoadResult, Outcome, Samples
from archkit.drills.load.result import pace_of
from archkit.drills.timeline import FAULT, HEALING, Event, Timeline
from archkit.drills.victims.members import Member, Population
from archkit.graph import Graph, Resource
from components.objectives import Objectives

STACK = "web-local"
STARTED = 1000.0


@dataclass
class FakeLoad:
    """A load whose reports are made from what the test says of clients: so many a second, so many of them bad."""

    rate: float = 300.0
    failed_share: float = 0.0
    answered: bool = True
    silent: bool = False
    clock: FakeClock | None = None

    @property
    def counters(self) -> Counters | None:
        """A report each 0.25 s of the clock."""
        assert self.clock is not None, "make_drill sets it"
        ticks = 1 if self.silent else int((self.clock.now - STARTED) / 0.25)
        sent = round(self.rate * 0.25 * ticks)
        ended = sent if self.answered else 0
        failed = round(ended * self.failed_share)
        kinds = {Kind.OK.label: ended - failed, Kind.RESET.label: failed}
        return Counters(
            seconds=0.25 * ticks,
            sent=sent,
            in_flight=sent - ended,
            by_kind={kind: count for kind, count in kinds.items() if count},
            lag_milliseconds=0.1,
        )


class FakeClock:
    """What is used of the module `time`."""

    def __init__(self) -> None:
        self.now = STARTED

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return 1_795_490_000.0 + self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True, kw_only=True)
class Harmless(Fault):
    """A fault that notes when it was made and undone."""

    kind: ClassVar[str] = "harmless-for-scenarios"
    problems: tuple[str, ...] = ()
    done: list[str] = field(default_factory=list, metadata={"transient": True})
    before: Callable[[], None] = field(default=lambda: None, metadata={"transient": True})

    def check(self) -> list[str]:
        return list(self.problems)

    def inject(self) -> None:
        self.before()
        self.done.append("made")

    def heal(self) -> None:
        self.done.append("healed")

    def describe(self) -> str:
        return "does no harm"


def member(number: int, component: str = "web", *, healthy: bool | None = True) -> Member:
    role = {"web": "replica", "edge": "load-balancer"}.get(component, component)
    return Member(
        host=Host(),
        container=f"{component}{number}",
        name=f"{STACK}-{component}.{number}",
        component=component,
        role=role,
        service=f"{STACK}-{component}",
        healthy=healthy,
    )


class FakeDeployed(Deployed):
    """Runs whom the test says."""

    @property
    def population(self) -> Population:
        members = self.__dict__.get("members", ())
        return Population(
            stack=self.stack, members=tuple(members), components={"web": frozenset(), "edge": frozenset()}
        )

    def run(self, *members: Member) -> None:
        self.__dict__["members"] = members


def component(name: str, capability: str, **outputs: object) -> Resource:
    kind = f"archkit:local:{capability.title()}"
    return Resource(
        urn=f"urn:pulumi:{STACK}::archkit::{kind}::{name}",
        type=kind,
        name=name,
        custom=False,
        outputs={"capability": capability, **outputs},
    )


@pytest.fixture
def web() -> FakeDeployed:
    """Three replicas behind one load balancer, all healthy."""
    graph = Graph(
        project="archkit", stack=STACK, resources=(component("web", "service"), component("edge", "load_balancer"))
    )
    made = FakeDeployed(
        stack=STACK,
        hosts=(Host(),),
        graph=graph,
        objectives=Objectives(error_rate=0.001),
        addresses=(("127.0.0.1", 8080),),
        promises={"edge": Objectives(recovery_time_seconds=8)},
    )
    made.run(member(1), member(2), member(3), member(1, "edge"))
    return made


@pytest.fixture
def make_drill(web: FakeDeployed, tmp_path: Path, fast_clock: FakeClock) -> Callable[..., Drill]:
    def make(load: FakeLoad | None = None, **more: Any) -> Drill:
        timeline = Timeline()
        given = {"rate": 300.0, "patience": 1.0, **more}
        load = load or FakeLoad()
        load.clock = fast_clock
        return Drill(deployed=web, load=load, timeline=timeline, journal=Journal(STACK, tmp_path), **given)

    return make


@pytest.fixture
def fast_clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Time passes only where somebody sleeps."""
    clock = FakeClock()
    for module in ("archkit.drills.drill", "archkit.drills.observe", "archkit.drills.timeline"):
        monkeypatch.setattr(f"{module}.time", clock)
    return clock


@pytest.fixture
def support() -> ModuleType:
    """The classes of this file, which no test can import."""
    return sys.modules[__name__]


@pytest.fixture
def make_result() -> Callable[..., tuple[LoadResult, tuple[Event, ...]]]:
    """A load of 20 s at 10 a second, a fault at 10 s, and so many failures after it (or before it)."""

    def make(failed: int, *, before: int = 0, lag: float = 0.0001) -> tuple[LoadResult, tuple[Event, ...]]:
        samples = Samples()
        for number in range(200):
            bad = 100 <= number < 100 + failed or number < before
            samples.add(number / 10, 0.01, Outcome(Kind.RESET if bad else Kind.OK), lag)
        result = LoadResult(
            workload="GET",
            rate=10,
            began_wall=1_795_490_000,
            began_monotonic=STARTED,
            seconds=20,
            samples=samples,
            pace=pace_of(200, samples.lag, 1, 20),
        )
        marks = ((10, FAULT), (12, HEALING))
        return result, tuple(
            Event(monotonic=STARTED + at, wall=0, source="drill", text=kind, kind=kind) for at, kind in marks
        )

    return make
