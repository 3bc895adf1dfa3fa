"""What the controller sees of the swarm, and how it changes a service."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from components.controller.agent import levelling
from components.controller.agent.docker_api import Docker, DockerError
from components.controller.agent.levelling import Levelling
from components.controller.agent.placing import places

STACK = "archkit.stack"
COMPONENT = "archkit.component"
ROLE = "archkit.role"
SCALING = "archkit.scaling"
REPLICA = "replica"
LOAD_BALANCER = "load-balancer"
_TRIES = 6
_BUSY = {"updating", "rollback_started"}
_HELD = {"paused", "rollback_paused"}


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task that the swarm wants to run.

    Args:
        id: The swarm's.
        node: The id of its node; empty while no node takes it.
        running: It passed its health check.
        since: Unix time of that, or of its last change.

    """

    id: str
    node: str
    running: bool
    since: float


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service of the stack.

    Args:
        id: The swarm's.
        name: `web-local-web`.
        component: `web`.
        role: `replica`.
        replicas: How many are wanted, without those that only level the zones; 0 for a service with one on each node.
        cpu_limit: Processors that one replica may use; 0: no limit.
        scaling: The policy as the stack gave it, None without one.
        update: State of its last update; empty where there was none.
        changed: Unix time of the last change to it.
        tasks: Those that the swarm wants to run.
        places: The zone of each node that takes its replicas; empty where they are not to be spread over zones.
        levelling: What its label says while it has a few more; None otherwise.
        lost: What that label said before a deployment took it away; None otherwise.

    """

    id: str
    name: str
    component: str
    role: str
    replicas: int
    cpu_limit: float
    scaling: dict[str, Any] | None
    update: str
    changed: float
    tasks: tuple[Task, ...]
    places: dict[str, str] = field(default_factory=dict[str, str])
    levelling: Levelling | None = None
    lost: Levelling | None = None

    @property
    def held(self) -> str:
        """Why it is not to be touched now; empty where it may be."""
        return _held(self.update)

    @property
    def count(self) -> int:
        """How many the swarm is told to run."""
        told = self.levelling or self.lost
        return self.replicas + (told.extra if told else 0)

    @property
    def running(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.running)


@dataclass(frozen=True, kw_only=True)
class View:
    """The stack at one moment.

    Args:
        services: By name.

    """

    services: dict[str, Service]


class Swarm:
    """The swarm as this node's daemon knows it."""

    def __init__(self, docker: Docker, stack: str) -> None:
        self.docker = docker
        self.stack = stack

    def leads(self) -> bool:
        """Whether this node leads the swarm: one node does, by raft, so that controllers need no election of their own.

        Raises:
            DockerError: The daemon does not answer, or the swarm has no leader.

        """
        own = self.docker.get("/info")["Swarm"]
        if not own.get("ControlAvailable"):
            return False
        node = self.docker.get(f"/nodes/{own['NodeID']}")
        return bool(_part(node, "ManagerStatus").get("Leader"))

    def view(self) -> View:
        """The stack's services with their tasks, and where these may run.

        Raises:
            DockerError: The daemon does not answer, or the swarm has no leader.

        """
        label = json.dumps({"label": [f"{STACK}={self.stack}"]})
        tasks: dict[str, list[Task]] = {}
        wanted = json.dumps({"label": [f"{STACK}={self.stack}"], "desired-state": ["running"]})
        for task in self.docker.get("/tasks", filters=wanted):
            tasks.setdefault(task["ServiceID"], []).append(_task(task))
        services = self.docker.get("/services", filters=label)
        nodes = self.docker.get("/nodes")
        return View(services={one["Spec"]["Name"]: _service(one, tasks.get(one["ID"], []), nodes) for one in services})

    def change(self, service: Service, edit: Callable[[dict[str, Any]], bool]) -> bool:
        """Changes a service's specification; another's change in between makes it look again.

        Args:
            service: Which.
            edit: Changes the specification in place; False: nothing is to be changed any more.

        Returns:
            Whether it was changed.

        Raises:
            DockerError: The daemon refused.

        """
        for tried in range(1, _TRIES + 1):
            found = self.docker.get(f"/services/{service.id}")
            if _held(_update(found)) or not edit(found["Spec"]):
                return False
            try:
                self.docker.post(
                    f"/services/{service.id}/update", found["Spec"], version=str(found["Version"]["Index"])
                )
            except DockerError as error:
                if "out of sequence" not in str(error) or tried == _TRIES:
                    raise
                time.sleep(0.1 * tried)
            else:
                return True
        return False


def unix_time(text: str) -> float:
    """Docker's time, which has nanoseconds, as Unix time."""
    whole, _, rest = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}+00:00").timestamp() + float(f"0.{rest or 0}")


def _part(of: dict[str, Any], key: str) -> dict[str, Any]:
    """An object inside; Docker leaves empty ones out, or says null."""
    return of.get(key) or {}


def _update(service: dict[str, Any]) -> str:
    return _part(service, "UpdateStatus").get("State", "")


def _held(update: str) -> str:
    if update in _BUSY:
        return f"a deployment is under way ({update}); what ran before must stay what it goes back to"
    if update in _HELD:
        return f"a deployment was stopped half-way ({update}); a change would set it going again"
    return ""


def _task(task: dict[str, Any]) -> Task:
    status = task["Status"]
    return Task(
        id=task["ID"],
        node=task.get("NodeID", ""),
        running=status["State"] == "running",
        since=unix_time(status["Timestamp"]),
    )


def _service(found: dict[str, Any], tasks: list[Task], nodes: list[dict[str, Any]]) -> Service:
    spec = found["Spec"]
    labels = _part(spec, "Labels")
    limits = _part(_part(spec["TaskTemplate"], "Resources"), "Limits")
    scaling = labels.get(SCALING)
    told, lost = levelling.read(spec), levelling.lost(found, SCALING)
    extra = next((one.extra for one in (told, lost) if one), 0)
    return Service(
        id=found["ID"],
        name=spec["Name"],
        component=labels.get(COMPONENT, ""),
        role=labels.get(ROLE, ""),
        replicas=_part(spec["Mode"], "Replicated").get("Replicas", 0) - extra,
        cpu_limit=limits.get("NanoCPUs", 0) / 1e9,
        scaling=json.loads(scaling) if scaling else None,
        update=_update(found),
        changed=unix_time(found["UpdatedAt"]),
        tasks=tuple(tasks),
        places=places(spec["TaskTemplate"], nodes),
        levelling=told,
        lost=lost,
    )
