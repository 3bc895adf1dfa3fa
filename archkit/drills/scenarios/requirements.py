"""What a scenario may need of what is deployed, each as the sentence that says it is missing."""

from __future__ import annotations

import os

from archkit.drills.deployed import Deployed


def replicas(deployed: Deployed, least: int) -> str | None:
    """A stateless service with so many replicas running."""
    services = deployed.components("service")
    if not services:
        return "needs a stateless service, the design has none"
    running = sum(member.component == services[0] for member in deployed.population.members)
    if running < least:
        return f"needs {least} replicas of {services[0]}, {running} run"
    return None


def has(deployed: Deployed, capability: str) -> str | None:
    """A component of a capability: `has(deployed, "database")`."""
    if deployed.components(capability):
        return None
    return f"needs a {capability.replace('_', ' ')}, the design has none"


def load_balancer(deployed: Deployed) -> str | None:
    """A load balancer."""
    return has(deployed, "load_balancer")


def root(_: Deployed) -> str | None:
    """Root, for packet filters in a container's network, and for clients that stand in it."""
    return None if os.geteuid() == 0 else "needs root: the container's own network namespace opens to nobody else"


def lab(deployed: Deployed) -> str | None:
    """Zones that can be taken away."""
    return None if deployed.lab else "needs three zones: `archkit lab up`, and a stack that is deployed on it"


def first(*problems: str | None) -> str | None:
    """The first that is missing."""
    return next((problem for problem in problems if problem), None)
