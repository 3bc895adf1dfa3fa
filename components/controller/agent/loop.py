"""Looks at the stack every few seconds and does what is due; only on the node that leads the swarm."""

import time

from components.controller.agent.docker_api import DockerError
from components.controller.agent.journal import Journal
from components.controller.agent.scaling import Scaling
from components.controller.agent.spreading import Spreading
from components.controller.agent.swarm import Service, Swarm


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
            # One decision for a service in a round: demand first, which also goes where the fewest replicas are.
            scaled = self._scaling.round(view, now)
            for service in view.services.values():
                if service.name not in scaled:
                    self._spread(service, now)
            self._journal.tell_once("docker", "docker answers", reason="")
        except DockerError as error:
            self._journal.tell_once("docker", "docker does not answer", reason=str(error))

    def _spread(self, service: Service, now: float) -> None:
        step = self._spreading.step(service, now)
        if step is None:
            return
        if step.edit is None:
            topic = f"levelling {service.name}"
            self._journal.tell_once(topic, step.event, service=service.name, **step.numbers, reason=step.reason)
        elif self._swarm.change(service, step.edit):
            self._journal.tell(step.event, service=service.name, **step.numbers, reason=step.reason)
        else:
            self._journal.tell("left alone", service=service.name, reason="it changed while it was looked at")
