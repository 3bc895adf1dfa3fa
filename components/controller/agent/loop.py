"""Looks at the stack every few seconds and does what is due; only on the node that leads the swarm."""

import time

from components.controller.agent.docker_api import DockerError
from components.controller.agent.journal import Journal
from components.controller.agent.scaling import Scaling
from components.controller.agent.spreading import Spreading, place_anew
from components.controller.agent.swarm import Swarm, View


class Controller:
    """The loop's one round after the other."""

    def __init__(self, swarm: Swarm, journal: Journal) -> None:
        self._swarm = swarm
        self._journal = journal
        self._spreading = Spreading()
        self._scaling = Scaling(swarm, journal)

    def round(self) -> None:
        """One look, and what follows from it; whatever goes wrong is told, and the next round tries again."""
        try:
            if not self._swarm.leads():
                self._journal.tell_once("leader", "standing by", reason="another node leads the swarm")
                self._spreading, self._scaling = Spreading(), Scaling(self._swarm, self._journal)
                return
            self._journal.tell_once("leader", "in charge", reason="this node leads the swarm")
            view, now = self._swarm.view(), time.time()
            self._scaling.round(view, now)
            self._spread(view, now)
            self._journal.tell_once("docker", "docker answers", reason="")
        except DockerError as error:
            self._journal.tell_once("docker", "docker does not answer", reason=str(error))

    def _spread(self, view: View, now: float) -> None:
        for service in view.services.values():
            due = self._spreading.due(service, view, now)
            if due is None:
                continue
            done = self._swarm.change(service, place_anew)
            self._journal.tell(
                "spread" if done else "not spread",
                service=service.name,
                by_zone=due.by_zone,
                zones_possible=due.could,
                replicas=service.replicas,
                reason="replicas stand in fewer zones than take some" if done else "it changed while it was looked at",
            )
