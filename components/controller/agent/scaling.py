"""Follows the policy of each service that has one."""

from dataclasses import asdict
from typing import Any

from components.controller.agent import levelling
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

    def round(self, view: View, now: float) -> set[str]:
        """One look at all services that have a policy.

        A service is left alone while it has a few more replicas that level its zones: they take load without being
        asked for, and metrics over the last seconds would have them stay. Where one of them does not come to run, its
        demand counts again, and the wanted count moves.

        Returns:
            The services that were changed.

        Raises:
            DockerError: The daemon refused a change.

        """
        scaled = {one.name: one for one in view.services.values() if one.scaling is not None}
        self._trackers = {name: one for name, one in self._trackers.items() if name in scaled}
        changed: set[str] = set()
        if not scaled:
            return changed
        self._requests.look(view, now, addresses)
        if any(Policy.read(one.scaling or {}).cpu_percent is not None for one in scaled.values()):
            self._usage.look(addresses(f"tasks.{self._swarm.stack}-{NAME}"))
        for service in scaled.values():
            if reason := service.held or _levels(service, now):
                self._journal.tell_once(service.name, "hold", service=service.name, reason=reason)
                continue
            seen = self._observe(service, self._tracker(service).policy, now)
            if self._follow(service, seen, self._tracker(service).decide(seen)):
                changed.add(service.name)
        return changed

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

    def _follow(self, service: Service, seen: Observation, decision: Decision) -> bool:
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
            return False
        # False from there: somebody else has decided meanwhile.
        if self._swarm.change(service, lambda spec: levelling.set_wanted(spec, seen.replicas, decision.replicas)):
            self._journal.tell(decision.event, **numbers)
            return True
        self._journal.tell("left alone", service=service.name, reason="it changed while it was looked at")
        return False


def _levels(service: Service, now: float) -> str:
    """Why a service that is being levelled waits; empty where it is not, or where that takes too long."""
    told = service.levelling or service.lost
    return "a few more replicas level its zones" if told and not told.overdue(now) else ""
