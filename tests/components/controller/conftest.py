"""A swarm by its own two rules, without Docker: where replicas are put, and which are taken.

Source: moby/swarmkit, `manager/scheduler/scheduler.go` (`scheduleNTasksOnSubtree`, `nodeLess`) and
`manager/orchestrator/replicated/services.go` (`reconcile`), `slot.go`. What the swarm leaves open is drawn by lot here.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from components.controller.agent.docker_api import DockerError
from components.controller.agent.journal import Journal
from components.controller.agent.loop import Controller
from components.controller.agent.swarm import Swarm

PERIOD_SECONDS = 5.0
STARTED = 1_800_000_000.0
SPREAD = {"Preferences": [{"Spread": {"SpreadDescriptor": "node.labels.archkit.zone"}}]}


@dataclass
class Replica:
    id: str
    slot: int
    node: str
    version: int
    running: bool = False
    since: float = 0.0


@dataclass
class SwarmByRules:
    """The daemon's answers about one service, `web`, and what the swarm does when it is changed.

    Args:
        zones: The zone of each node; "" for one without a label.
        on: The node of each replica that runs.
        lots: What the swarm leaves open.

    """

    zones: dict[str, str]
    on: list[str]
    lots: random.Random = field(default_factory=lambda: random.Random(5))
    now: float = STARTED
    down: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    full: set[str] = field(default_factory=set)
    leading: bool = True
    fewest: int = 10**6
    most: int = 0

    def __post_init__(self) -> None:
        self.made, self.changes = 0, 0
        self.service: dict[str, Any] = {
            "ID": "web",
            "Version": {"Index": 1},
            "Spec": {
                "Name": "web",
                "Labels": {"archkit.stack": "web-local", "archkit.component": "web", "archkit.role": "replica"},
                "Mode": {"Replicated": {"Replicas": len(self.on)}},
                "TaskTemplate": {"Placement": copy.deepcopy(SPREAD)},
            },
        }
        self._touch(STARTED - 1000)
        self.replicas = [self._replica(slot, node, running=True) for slot, node in enumerate(self.on, 1)]

    @property
    def spec(self) -> dict[str, Any]:
        return self.service["Spec"]

    @property
    def count(self) -> int:
        return self.spec["Mode"]["Replicated"]["Replicas"]

    def by_zone(self) -> dict[str, int]:
        counted = Counter(self.zones[one.node] for one in self.replicas if one.node)
        return {zone: counted[zone] for zone in sorted(set(self.zones.values()))}

    def get(self, path: str, **_: str) -> Any:
        nodes = {node: self._node(node) for node in self.zones}
        answers: dict[str, Any] = {
            "/info": {"Swarm": {"ControlAvailable": True, "NodeID": "m"}},
            "/nodes/m": {"ManagerStatus": {"Leader": self.leading}},
            "/nodes": list(nodes.values()),
            "/tasks": [self._task(one) for one in self.replicas],
            "/services": [copy.deepcopy(self.service)],
            "/services/web": copy.deepcopy(self.service),
        }
        return answers[path]

    def post(self, path: str, body: Any, version: str) -> None:
        assert path == "/services/web/update"
        if version != str(self.service["Version"]["Index"]):
            raise DockerError("update out of sequence")
        self.change(body)

    def change(self, spec: dict[str, Any]) -> None:
        """Whoever changes the service: the controller, a deployment, a person."""
        anew = spec["TaskTemplate"] != self.spec["TaskTemplate"]
        self.service["PreviousSpec"], self.service["Spec"] = self.spec, json.loads(json.dumps(spec))
        self.service["UpdateStatus"] = None
        self._touch(self.now)
        self.changes += 1
        if anew:
            self.roll()
        self.reconcile()

    def reconcile(self) -> None:
        """More are put, or fewer stay."""
        if self.count > len(self.replicas):
            self.put(self.count - len(self.replicas))
        else:
            self.take(len(self.replicas) - self.count)
        self._seen()

    def put(self, added: int) -> list[Replica]:
        """As `scheduleNTasksOnSubtree` does it: zone after zone as they come, with the counts from before."""
        zones, before = sorted(set(self.zones.values())), self.by_zone()
        self.lots.shuffle(zones)
        no_room: set[str] = set()
        usable, new, again = sum(before.values()), list[Replica](), True
        while len(new) < added and len(no_room) < len(zones) and again:
            share, over = divmod(usable + added - len(new), len(zones) - len(no_room))
            again = False
            for zone in [one for one in zones if one not in no_room]:
                if before[zone] > share or (before[zone] == share and not over):
                    continue
                again = True
                wanted = share - before[zone] + bool(over)
                placed = self._put_into(zone, min(wanted, added - len(new)))
                new += placed
                if len(placed) < wanted:
                    no_room.add(zone)
                    usable -= before[zone]
                else:
                    over -= bool(over)
        for _ in range(added - len(new)):
            new.append(self._replica(self._free_slot(), ""))
            self.replicas.append(new[-1])
        return new

    def _put_into(self, zone: str, added: int) -> list[Replica]:
        """Each on the node with the fewest; none where no node has room."""
        nodes = [node for node, its in self.zones.items() if its == zone and node not in self.down | self.full]
        new: list[Replica] = []
        for _ in range(added if nodes else 0):
            on = Counter(one.node for one in self.replicas)
            least = min(nodes, key=lambda node: (on[node], self.lots.random()))
            new.append(self._replica(self._free_slot(), least))
            self.replicas.append(new[-1])
        return new

    def _free_slot(self) -> int:
        used = {one.slot for one in self.replicas}
        return next(number for number in range(1, 999) if number not in used)

    def take(self, removed: int) -> None:
        """First what has no node, then the n-th of its node, the highest n first; of equals what does not run."""
        nth: Counter[str] = Counter()
        order: list[tuple[float, bool, float, Replica]] = []
        for one in sorted(self.replicas, key=lambda one: (not one.running, one.slot)):
            nth[one.node] += 1
            order.append((nth[one.node] if one.node else 999, not one.running, self.lots.random(), one))
        order.sort(key=lambda one: one[:3])
        self.replicas = [one[3] for one in order[: len(order) - removed]]

    def roll(self) -> None:
        """A rolling update, start-first: those that are about to go still count where new ones are put."""
        old, at_once = list(self.replicas), max(1, len(self.replicas) // 3)
        self.lots.shuffle(old)
        while old:
            going, old = old[:at_once], old[at_once:]
            for new in self.put(len(going)):
                new.running = True
            self.replicas = [one for one in self.replicas if one not in going]

    def lose(self, node: str) -> None:
        """A node dies, and the swarm notices."""
        self.down.add(node)
        left = [one for one in self.replicas if one.node != node]
        lost, self.replicas = len(self.replicas) - len(left), left
        self.put(lost)

    def settle(self) -> None:
        """Time for what was started to get healthy, where it can; what had no node is put again."""
        waiting = [one for one in self.replicas if not one.node]
        self.replicas = [one for one in self.replicas if one.node]
        self.put(len(waiting))
        for one in self.replicas:
            if one.node and not one.running and one.node not in self.broken:
                one.running, one.since = True, self.now
        self._seen()

    def _seen(self) -> None:
        self.fewest = min(self.fewest, sum(one.running for one in self.replicas))
        self.most = max(self.most, len(self.replicas))

    def _replica(self, slot: int, node: str, *, running: bool = False) -> Replica:
        self.made += 1
        return Replica(f"t{self.made}", slot, node, self.service["Version"]["Index"], running, self.now)

    def _touch(self, at: float) -> None:
        self.service["Version"]["Index"] += 1
        self.service["UpdatedAt"] = _time(at)

    def _node(self, node: str) -> dict[str, Any]:
        labels = {"archkit.zone": self.zones[node]} if self.zones[node] else {}
        return {
            "ID": node,
            "Spec": {"Labels": labels, "Role": "manager", "Availability": "active"},
            "Description": {"Hostname": f"host-{node}", "Platform": {"OS": "linux", "Architecture": "x86_64"}},
            "Status": {"State": "down" if node in self.down else "ready"},
        }

    def _task(self, one: Replica) -> dict[str, Any]:
        state = "running" if one.running else "starting" if one.node else "pending"
        status = {"State": state, "Timestamp": _time(one.since)}
        return {"ID": one.id, "ServiceID": "web", "NodeID": one.node, "Status": status}


class Controlled:
    """A swarm and the controller that looks after it, round after round."""

    def __init__(self, swarm: SwarmByRules, clock: SimpleNamespace) -> None:
        self.swarm, self.clock = swarm, clock
        self.restart()

    def restart(self) -> None:
        """Another controller, which remembers nothing: after a crash, or on another leader."""
        self.controller = Controller(Swarm(self.swarm, "web-local"), Journal())  # type: ignore[arg-type]

    def rounds(self, count: int, until: Any = None) -> int:
        """So many rounds, or until something holds; how many there were."""
        for number in range(count):
            if until is not None and until():
                return number
            self.round()
            self.swarm.now += PERIOD_SECONDS
            self.swarm.settle()
        return count

    def round(self) -> None:
        """One look, after which no time passes."""
        self.clock.time = lambda: self.swarm.now
        self.controller.round()


@pytest.fixture
def support() -> ModuleType:
    """The classes of this file, which no test can import."""
    return sys.modules[__name__]


@pytest.fixture
def controlled(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a swarm by its rules with a controller: zone by node, and the node of each replica."""
    clock = SimpleNamespace()
    monkeypatch.setattr("components.controller.agent.loop.time", clock)
    monkeypatch.setattr("components.controller.agent.scaling.addresses", lambda _: [])

    def make(zones: dict[str, str], on: str | list[str], **more: Any) -> Controlled:
        return Controlled(SwarmByRules(zones=dict(zones), on=list(on), **more), clock)

    return make


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
