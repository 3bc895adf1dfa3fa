"""Follows the policy of each service that has one."""

import time
from dataclasses import asdict
from typing import Any

from components.controller.agent.journal import Journal
from components.controller.agent.metrics import Requests, Usage, addresses, ask
from components.controller.agent.policy import Decision, Observation, Policy, Reading, Tracker
from components.controller.agent.swarm import Service, Swarm, View

NAME = "controller"


class Scaling:
    """Looks at the metrics, decides, changes the replica count, says so."""

    def __init__(self, swarm: Swarm, journal: Journal) -> None:
        self._swarm = swarm
        self._journal = journal
        self._requests = Requests(ask)
        self._usage = Usage(ask)
        self._trackers: dict[str, Tracker] = {}

    def round(self, view: View, now: float) -> None:
        """One look at all services that have a policy.

        Raises:
            DockerError: The daemon refused a change.

        """
        scaled = {one.name: one for one in view.services.values() if one.scaling is not None}
        self._trackers = {name: one for name, one in self._trackers.items() if name in scaled}
        if not scaled:
            return
        began = time.monotonic()
        # Daemons take a second and more to tell the CPU, load balancers tell requests at once: these come last.
        self._usage.look(addresses(f"tasks.{self._swarm.stack}-{NAME}"), now)
        self._requests.look(view, now + time.monotonic() - began, addresses)
        for service in scaled.values():
            if service.held:
                self._journal.tell_once(service.name, "hold", service=service.name, reason=service.held)
                continue
            seen = self._observe(service, self._tracker(service).policy, now)
            self._follow(service, seen, self._tracker(service).decide(seen))

    def _tracker(self, service: Service) -> Tracker:
        policy = Policy.read(service.scaling or {})
        found = self._trackers.get(service.name)
        if found is None or found.policy != policy:
            self._trackers[service.name] = Tracker(policy)
            self._journal.tell("policy", service=service.name, **policy.document())
        return self._trackers[service.name]

    def _observe(self, service: Service, policy: Policy, now: float) -> Observation:
        readings: dict[str, Reading] = {}
        if policy.requests_per_replica_per_minute is not None:
            readings["requests"] = self._requests.reading(service)
        if policy.cpu_percent is not None:
            readings["cpu"] = self._usage.reading(service, policy.warm_up_seconds, now)
        return Observation(
            at=now,
            replicas=service.replicas,
            serving=len(service.running),
            warming=sum(1 for task in service.running if now - task.since < policy.warm_up_seconds),
            readings=readings,
        )

    def _follow(self, service: Service, seen: Observation, decision: Decision) -> None:
        numbers: dict[str, Any] = {
            "service": service.name,
            "replicas": seen.replicas,
            "wanted": decision.replicas,
            "serving": seen.serving,
            "warming": seen.warming,
            "needed": None if decision.needed is None else round(decision.needed, 2),
            "readings": {name: asdict(one) for name, one in seen.readings.items()},
            "reason": decision.reason,
        }
        if decision.replicas == seen.replicas:
            self._journal.tell_once(service.name, decision.event, **numbers)
            return

        def count(spec: dict[str, Any]) -> bool:
            now = spec["Mode"]["Replicated"]
            if now["Replicas"] != seen.replicas:
                return False  # somebody else has decided meanwhile
            now["Replicas"] = decision.replicas
            return True

        if self._swarm.change(service, count):
            self._journal.tell(decision.event, **numbers)
        else:
            self._journal.tell("left alone", service=service.name, reason="it changed while it was looked at")
