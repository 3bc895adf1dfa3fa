"""Decides when a leader's lease is given up: only once the leader can acknowledge nothing any more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from components.controller.agent.docker_api import DockerError
from components.controller.agent.failover.etcd import EtcdError, Leader
from components.controller.agent.failover.members import Death, Member
from components.controller.agent.failover.probe import TIMEOUT_SECONDS, Answer
from components.controller.agent.journal import Journal

PROBES_TO_FENCE = 3
# Then it is asked once more: on a machine that is short of processor time, one that works answers late, and one that
# hangs or is cut off never does. A second more of a gap that may be 8 s, against a healthy primary that is killed.
PATIENT_SECONDS = 1.0
LOOK_SECONDS = 1.0
# A leader renews its lease of 20 s every 2 s, and after 5 s without etcd it gives up by itself.
FEWEST_LEASE_SECONDS = 8
# A member that was replaced takes more than this to start, so that a name in etcd is still the dead one's.
FRESH_SECONDS = 1.0


class Leases(Protocol):
    """What is asked of etcd: see `Etcd`."""

    def leader(self) -> Leader | None: ...
    def seconds_left(self, lease: str) -> int: ...
    def revoke(self, lease: str) -> None: ...


class Containers(Protocol):
    """What is asked of the daemon: see `Members`."""

    def running(self) -> dict[str, Member]: ...
    def fence(self, container: str) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Led:
    """The leader, where it runs on this node.

    Args:
        leader: As etcd knows it.
        member: The container whose process has that lease.

    """

    leader: Leader
    member: Member


class Watch:
    """Watches whoever leads, as long as it runs on this node; a leader elsewhere is another controller's.

    Args:
        etcd: Who leads.
        members: This node's containers.
        probe: Asks a PostgreSQL server at an address, and waits so many seconds.
        journal: The log.

    """

    def __init__(
        self, etcd: Leases, members: Containers, probe: Callable[[str, float], Answer], journal: Journal
    ) -> None:
        self._etcd = etcd
        self._members = members
        self._probe = probe
        self._journal = journal
        self._led: Led | None = None
        self._others: list[Member] = []
        self._silent = 0
        self._looked = float("-inf")

    def look(self, now: float) -> None:
        """Finds out once a second who leads; fences one that does not renew its lease."""
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        try:
            self._find()
            if self._led and 0 <= (left := self._etcd.seconds_left(self._led.leader.lease)) < FEWEST_LEASE_SECONDS:
                self._fence(self._led, f"its lease was not renewed and has {left} s left")
        except (EtcdError, DockerError) as error:
            self._journal.tell_once("look", "cannot look", reason=str(error))
        else:
            self._journal.tell_once("look", "looking", reason="")

    def probe(self) -> None:
        """Asks the leader of this node; three times silent in a row, and then for a second, it is fenced."""
        if self._led is None:
            return
        answer = self._asked(self._led, TIMEOUT_SECONDS)
        if answer is Answer.UNKNOWN:
            return
        self._silent = self._silent + 1 if answer is Answer.SILENT else 0
        if self._silent >= PROBES_TO_FENCE:
            self._silent = 0
            if excuse := self._excuse(self._led):
                self._journal.tell_once("fence", "not fenced", member=self._led.leader.name, reason=excuse)
                return
            self._fence(self._led, f"{PROBES_TO_FENCE} probes without an answer, nor one within {PATIENT_SECONDS:g} s")

    def died(self, death: Death, now: float) -> None:
        """Gives up the lease of a leader that has ended."""
        try:
            leader = self._etcd.leader()
            if leader is None or leader.name != death.name:
                return
            ours = self._led is not None and self._led.member.container == death.container
            if (ours and self._led and self._led.leader == leader) or now - death.at < FRESH_SECONDS:
                self._revoke(leader, f"container {death.container[:12]} has ended")
            else:
                reason = "the container ended too long ago to know whose lease it is"
                self._journal.tell("left to expire", member=leader.name, lease=leader.lease, reason=reason)
        except EtcdError as error:
            self._journal.tell("not revoked", member=death.name, reason=str(error))

    def _asked(self, led: Led, seconds: float) -> Answer:
        return self._probe(led.member.address, seconds) if led.member.address else Answer.SILENT

    def _excuse(self, led: Led) -> str:
        """Why a silent leader is left alone: it is the machine that is short of processor time."""
        if self._asked(led, PATIENT_SECONDS) is not Answer.SILENT:
            return f"it answers, later than in {TIMEOUT_SECONDS:g} s"
        if self._others and all(self._probe(one.address, TIMEOUT_SECONDS) is not Answer.ALIVE for one in self._others):
            return "no other member of this node answers in time either"
        return ""

    def _find(self) -> None:
        leader = self._etcd.leader()
        running = self._members.running()
        member = running.get(leader.name) if leader else None
        before = self._led
        if before and leader == before.leader and (member is None or member.container != before.member.container):
            self._revoke(before.leader, f"container {before.member.container[:12]} is gone")
            return
        self._led = Led(leader=leader, member=member) if leader and member else None
        self._others = [one for one in running.values() if one != member and one.address]
        if (before and before.leader) != (self._led and self._led.leader):
            self._silent = 0
            where = "on this node" if self._led else "not on this node" if leader else "nobody"
            self._journal.tell("leader", member=leader.name if leader else None, where=where)

    def _fence(self, led: Led, reason: str) -> None:
        """Only while etcd answers and still names it: a controller that is cut off itself fences nobody."""
        try:
            if self._etcd.leader() != led.leader:
                self._looked = float("-inf")
                return
        except EtcdError as error:
            self._journal.tell_once("fence", "not fenced", member=led.leader.name, reason=f"{reason}, but {error}")
            return
        how = self._members.fence(led.member.container)
        self._journal.tell(
            "fenced" if how else "not fenced",
            member=led.leader.name,
            container=led.member.container[:12],
            how=how or "neither killed nor cut off; its lease will expire",
            reason=reason,
        )
        if how:
            try:
                self._revoke(led.leader, how)
            except EtcdError as error:
                self._journal.tell("not revoked", member=led.leader.name, reason=str(error))

    def _revoke(self, leader: Leader, reason: str) -> None:
        self._etcd.revoke(leader.lease)
        self._led = None
        self._looked = float("-inf")
        self._journal.tell("lease revoked", member=leader.name, lease=leader.lease, reason=reason)
