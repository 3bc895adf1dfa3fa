"""Questions about a running stack that expectations ask."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from docker.errors import APIError, DockerException, NotFound
from requests.exceptions import RequestException

from archkit.drills.deployed import Deployed
from archkit.drills.victims.engines import PROBES
from archkit.drills.victims.members import COMPONENT, STACK, Member
from archkit.drills.victims.probes import primary_among
from archkit.errors import UserError
from archkit.plain import items, mapping, text
from components.controller.agent import levelling

ENGINE_SECONDS = 0.4  # between two questions to the servers themselves


def healthy(deployed: Deployed, component: str, role: str = "") -> list[Member]:
    """The members of a component that run and are healthy, or have no health check; of one role or of all."""
    members = (one for one in deployed.population.members if one.component == component and one.well)
    return [one for one in members if role in {"", one.role}]


def kept(deployed: Deployed) -> list[Member]:
    """The members that are well and that the swarm means to keep.

    A zone that comes back still runs what others have replaced, healthy until it is told: as many as there should be,
    in all zones, while none of the new ones is healthy yet (2026-11-28: "as before" 0.1 s after the cable was in).
    """
    filters = {"label": f"{STACK}={deployed.stack}", "desired-state": "running"}
    wanted = {text(mapping(one).get("ID")) for one in items(deployed.manager.api.tasks(filters=filters))}
    return [one for one in deployed.population.members if one.well and (not one.task or one.task in wanted)]


def incomplete(deployed: Deployed) -> list[str]:
    """What the swarm should run of the stack and does not yet: `web: 2 of 3 are healthy`; empty where all is well.

    A service that has a few more replicas for as long as its zones are levelled is not what it was either.
    """
    members = Counter(member.service for member in kept(deployed))
    nodes = len(deployed.living_hosts)
    found: list[str] = []
    for service in items(deployed.manager.api.services(filters={"label": f"{STACK}={deployed.stack}"})):
        spec = mapping(mapping(service).get("Spec"))
        component = text(mapping(spec.get("Labels")).get(COMPONENT))
        mode = mapping(spec.get("Mode"))
        wanted = int(mapping(mode.get("Replicated")).get("Replicas", 0)) if "Replicated" in mode else nodes
        name = text(spec.get("Name"))
        # A component of several services is told by the service: orders-member-1.
        who = name.removeprefix(f"{deployed.stack}-") or component
        if members[name] != wanted:
            found.append(f"{who}: {members[name]} of {wanted} are healthy")
        told = levelling.read(spec)
        if told and told.extra:
            found.append(f"{who}: {told.extra} more than wanted, until its zones are level")
    return found


def wait_until_complete(deployed: Deployed, *, seconds: float) -> None:
    """Waits until all that the swarm should run of the stack is healthy: what the drill before broke, say.

    Raises:
        UserError: It is not in time; a fault would prove nothing.

    """
    until = time.monotonic() + seconds
    while missing := incomplete(deployed):
        if time.monotonic() > until:
            message = (
                f"stack {deployed.stack}: must be complete before it is broken, but {'; '.join(missing)} after "
                f"{seconds:g} s; what happens afterwards would prove nothing; see `archkit status {deployed.stack}`"
            )
            raise UserError(message)
        time.sleep(0.25)


def primary(deployed: Deployed, component: str) -> Member | None:
    """Who takes a component's writes, asked of its engine; None where nobody does, or two say so."""
    members = [member for member in deployed.population.members if member.component == component]
    try:
        return primary_among(members, PROBES, component)
    except UserError:
        return None


def complete(deployed: Deployed, component: str, count: int, *, role: str = "") -> Callable[[], bool]:
    """Whether exactly so many members of a component (or those of one role) are healthy."""
    return lambda: asked(lambda: len(healthy(deployed, component, role)) == count)


def whole(deployed: Deployed, component: str, count: int) -> Callable[[], bool]:
    """Whether so many members of a service are healthy, or as many as the swarm wants by now, where those are fewer.

    For a service that a controller scales or levels: it may take a replica away while a zone is lost, or add some.
    """

    def holds() -> bool:
        found = mapping(deployed.manager.api.inspect_service(deployed.service_name(component)))
        mode = mapping(mapping(found["Spec"])["Mode"])
        wanted = int(mapping(mode.get("Replicated")).get("Replicas", count))
        return len(healthy(deployed, component)) >= min(count, wanted)

    return lambda: asked(holds)


def replaced(deployed: Deployed, component: str, count: int, *gone: str, role: str = "") -> Callable[[], bool]:
    """Whether so many members are healthy and none of the given containers is among them."""

    def holds() -> bool:
        members = healthy(deployed, component, role)
        return len(members) == count and not any(member.container in gone for member in members)

    return lambda: asked(holds)


def as_before(deployed: Deployed, component: str, zones: int) -> Callable[[], bool]:
    """Whether all of the stack is healthy, as often as the swarm should run it, and a component in so many zones.

    In this order: one that is about to end is still healthy, but then there is one more than there should be.
    """

    def stands() -> bool:
        return len({one.zone for one in kept(deployed) if one.component == component}) >= zones

    return lambda: asked(lambda: not incomplete(deployed) and stands())


def update_state(deployed: Deployed, component: str) -> str:
    """How the swarm's last update of a component went: `completed`, `rollback_completed`, `updating`; else empty."""
    try:
        found = mapping(deployed.manager.api.inspect_service(deployed.service_name(component)))
    except NotFound:
        return ""
    return text(mapping(found.get("UpdateStatus")).get("State"))


def updated(deployed: Deployed, component: str, *states: str) -> Callable[[], bool]:
    """Whether the last update of a component ended in one of these states."""
    return lambda: asked(lambda: update_state(deployed, component) in states)


def seldom(question: Callable[[], bool], *, seconds: float = ENGINE_SECONDS) -> Callable[[], bool]:
    """The same question, asked no sooner than so long after its last answer; no in between.

    For what starts a process in each member, or many requests: asked ten times a second it took a core of two from the
    system whose recovery it was to time, and that came late.
    """
    due = 0.0

    def holds() -> bool:
        nonlocal due
        if time.monotonic() < due:
            return False
        answer = question()
        due = time.monotonic() + seconds
        return answer

    return holds


def asked(question: Callable[[], bool]) -> bool:
    """A daemon that elects a leader does not answer for a while: that is a no, not an end of the drill."""
    try:
        return question()
    except (APIError, DockerException, RequestException, OSError):
        return False
