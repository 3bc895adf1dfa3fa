"""The database's containers on this node: found, and made dead."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from components.controller.agent.docker_api import Docker, DockerError
from components.controller.agent.swarm import COMPONENT, ROLE, STACK

MEMBER = "member"
_SERVICE = "com.docker.swarm.service.name"
_DEAD_WITHIN_SECONDS, _LOOK_SECONDS = 2.0, 0.05


@dataclass(frozen=True, kw_only=True)
class Member:
    """A data member that runs on this node.

    Args:
        name: Patroni's: `member-1`.
        container: The daemon's id.
        address: On the network that the controller shares with it; empty where it has left that.

    """

    name: str
    container: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Death:
    """The daemon's word that a container has ended: none of its processes runs any more.

    Args:
        name: Patroni's name of the member.
        container: The daemon's id.
        at: Unix time.

    """

    name: str
    container: str
    at: float


class Members:
    """Members of one database, on this node only: the daemon knows no others.

    Args:
        docker: This node's daemon.
        stack: The stack's name.
        component: The design's name for the database.
        scope: What its services' names begin with.
        network: The network on which members are asked.

    """

    def __init__(self, docker: Docker, *, stack: str, component: str, scope: str, network: str) -> None:
        self._docker = docker
        self._labels = [f"{STACK}={stack}", f"{COMPONENT}={component}", f"{ROLE}={MEMBER}"]
        self._prefix = f"{scope}-"
        self._network = network

    def running(self) -> dict[str, Member]:
        """Those that run, by name.

        Raises:
            DockerError: The daemon does not answer.

        """
        found = self._docker.get("/containers/json", filters=json.dumps({"label": self._labels}))
        members = (self._member(one) for one in found)
        return {one.name: one for one in members}

    def deaths(self) -> Iterator[Death]:
        """Each end of a member, as the daemon tells it; ends where the daemon ends the conversation.

        Raises:
            DockerError: It does not answer.

        """
        wanted = json.dumps({"type": ["container"], "event": ["die"], "label": self._labels})
        for event in self._docker.stream("/events", filters=wanted):
            told = event["Actor"]
            yield Death(
                name=self._name(told["Attributes"]),
                container=told["ID"],
                at=event["timeNano"] / 1e9,
            )

    def alive(self, container: str) -> bool:
        """Whether any of its processes may still run.

        Raises:
            DockerError: The daemon does not answer.

        """
        try:
            return bool(self._docker.get(f"/containers/{container}/json")["State"]["Running"])
        except DockerError as error:
            if "404" in str(error):
                return False
            raise

    def fence(self, container: str) -> str:
        """Makes sure that a container can acknowledge nothing any more: killed, or else cut off.

        A paused one too: it never runs again, since the signal is there before it does.

        Returns:
            How: `killed` or `cut off`; empty where neither worked.

        """
        with suppress(DockerError):  # perhaps it has ended by itself: the next look says
            self._docker.post(f"/containers/{container}/kill", None, signal="SIGKILL")
        if self._dead(container):
            return "killed"
        return "cut off" if self._cut_off(container) else ""

    def _dead(self, container: str) -> bool:
        until = time.monotonic() + _DEAD_WITHIN_SECONDS
        while time.monotonic() < until:
            try:
                if not self.alive(container):
                    return True
            except DockerError:
                pass
            time.sleep(_LOOK_SECONDS)
        return False

    def _cut_off(self, container: str) -> bool:
        """Processes that wait for a disk cannot be killed; without a network they can acknowledge nothing."""
        try:
            for name in self._networks(container):
                self._docker.post(f"/networks/{name}/disconnect", {"Container": container, "Force": True})
            return not self._networks(container)
        except DockerError:
            return False

    def _networks(self, container: str) -> list[str]:
        joined: dict[str, Any] | None = self._docker.get(f"/containers/{container}/json")["NetworkSettings"]["Networks"]
        return list(joined or {})

    def _member(self, found: dict[str, Any]) -> Member:
        networks: dict[str, dict[str, Any]] = found["NetworkSettings"]["Networks"] or {}
        address = str(networks.get(self._network, {}).get("IPAddress", ""))
        return Member(name=self._name(found["Labels"]), container=found["Id"], address=address)

    def _name(self, labels: Mapping[str, str]) -> str:
        return labels.get(_SERVICE, "").removeprefix(self._prefix)
