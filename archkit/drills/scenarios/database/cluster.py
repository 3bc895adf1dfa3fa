"""What the scenarios of the database share: who leads, who follows, and four writers that notice."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from archkit.drills.clients import Clients, Room
from archkit.drills.deployed import Deployed
from archkit.drills.load.postgres.clients import postgres_writes
from archkit.drills.observe import asked, healthy, seldom
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.timeline import DATABASE, Timeline
from archkit.drills.victims.databases import inside
from archkit.drills.victims.members import Member
from archkit.plain import items, mapping, text
from components.database.local.layout import AUTHORITY_FILE, COMMON_NAME, PATRONI_PORT

MEMBER = "member"
SYNCHRONOUS_GAP_SECONDS = 3.0  # a leader's death is known at once, and its lease given up
FENCED_GAP_SECONDS = 8.0  # three probes and a fence come before
SWITCHOVER_GAP_SECONDS = 4.0
BACK_SECONDS = 90.0  # rewound or copied anew, and streaming
_POLL_SECONDS = 1.0


class OnDatabase(Scenario):
    """A failure of the design's first database, seen by four writers whose every write is looked for afterwards."""

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.first(requirements.has(deployed, "database"), requirements.root(deployed))

    def harms(self, deployed: Deployed) -> str:
        return database(deployed)

    def clients(self, deployed: Deployed, room: Room) -> Clients:
        return postgres_writes(deployed, database(deployed), room)

    def watch(self, deployed: Deployed, timeline: Timeline) -> None:
        timeline.watch_states(lambda: states(deployed, database(deployed)), source=DATABASE, poll_seconds=_POLL_SECONDS)


def database(deployed: Deployed) -> str:
    """The design's first database."""
    return deployed.components("database")[0]


def members(deployed: Deployed, component: str) -> list[Member]:
    """The data members that run."""
    return [one for one in deployed.population.members if (one.component, one.role) == (component, MEMBER)]


def states(deployed: Deployed, component: str) -> Mapping[str, str]:
    """Role and state of each member, as the first that answers says: `{"member-1": "leader running"}`.

    Raises:
        OSError: None of them answers.

    """
    problems: list[str] = []
    for member in healthy(deployed, component, MEMBER) or members(deployed, component):
        try:
            return _states(member)
        except (OSError, ValueError) as error:
            problems.append(f"{member.name}: {error}")
    raise OSError("; ".join(problems) or "no member runs")


def _states(member: Member) -> dict[str, str]:
    address = f"https://{COMMON_NAME}:{PATRONI_PORT}/cluster"
    trust = ("--cacert", AUTHORITY_FILE, "--resolve", f"{COMMON_NAME}:{PATRONI_PORT}:127.0.0.1")
    said = mapping(json.loads(inside(member, ["curl", "--silent", "--fail", "--max-time", "3", *trust, address])))
    known = (mapping(one) for one in items(said.get("members")))
    return {text(one.get("name")): f"{text(one.get('role'))} {text(one.get('state'))}" for one in known}


def whole(deployed: Deployed, component: str, count: int) -> Callable[[], bool]:
    """Whether one member leads and all others stream from it."""

    def holds() -> bool:
        found = states(deployed, component)
        leaders = [one for one in found.values() if one == "leader running"]
        streaming = [one for one in found.values() if one.endswith(" streaming")]
        return len(leaders) == 1 and len(streaming) == count - 1

    return seldom(lambda: asked(holds))


def leads_without(deployed: Deployed, component: str, old: Member) -> Callable[[], bool]:
    """Whether a member leads that is not this one; a container that came back under its name is another."""

    def holds() -> bool:
        others = [one for one in healthy(deployed, component, MEMBER) if one.container != old.container]
        for member in others:
            found = _states(member)
            leader = [name for name, state in found.items() if state == "leader running"]
            running = {part(deployed, component, one): one for one in others}
            return len(leader) == 1 and leader[0] in running
        return False

    return seldom(lambda: asked(lambda: _answered(holds)))


def part(deployed: Deployed, component: str, member: Member) -> str:
    """A member's name in Patroni: `member-1`."""
    return member.service.removeprefix(f"{deployed.service_name(component)}-")


def _answered(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except ValueError:
        return False  # cut short by what the drill does
