"""A release that does not work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar, Self

from archkit.drills.faults.host import FaultError
from archkit.drills.faults.swarm import ServiceFault, change, specification

_NEVER_HEALTHY = {
    "Test": ["CMD", "/archkit-drill/no-such-program"],
    "Interval": 1_000_000_000,
    "Timeout": 1_000_000_000,
    "StartPeriod": 0,
    "Retries": 2,
}
"""Docker's unit is the nanosecond: asked each second, unhealthy after two failures."""


class Release(StrEnum):
    """What is wrong with the release."""

    UNHEALTHY = "unhealthy"
    NO_IMAGE = "no-image"


@dataclass(frozen=True, kw_only=True)
class BadDeploy(ServiceFault):
    """Updates a service to a release that never gets healthy, by the service's own update rules.

    Whether the old replicas serve on, and whether Swarm rolls back by itself, is what the drill finds out.
    Healing restores image and health check where Swarm has not done so already; other changes made meanwhile
    (a new number of replicas) stay.

    Args:
        release: `unhealthy`: it starts and its health check never succeeds; `no-image`: a tag that is nowhere.
        image: The image before; `prepared` fills it in.
        health_check: The health check before, in Docker's form; `prepared` fills it in. Commands, no secrets.

    """

    kind: ClassVar[str] = "bad-deploy"

    release: str = Release.UNHEALTHY
    image: str = ""
    health_check: Mapping[str, Any] | None = None

    def check(self) -> list[str]:
        if self.release not in list(Release):
            return [f"bad-deploy/release: must be unhealthy or no-image, got {self.release!r}"]
        return super().check()

    def prepared(self) -> Self:
        spec = specification(self.host, self.service)
        if spec is None:
            message = f"service {self.service}: must exist, but Swarm knows no such service"
            raise FaultError(message)
        container = spec["TaskTemplate"]["ContainerSpec"]
        return replace(self, image=container["Image"], health_check=container.get("Healthcheck"))

    def inject(self) -> None:
        change(self.host, self.service, self._spoil)

    def _spoil(self, spec: dict[str, Any]) -> bool:
        container = spec["TaskTemplate"]["ContainerSpec"]
        if self.release == Release.NO_IMAGE:
            name = self.image.partition("@")[0]
            repository, colon, tag = name.rpartition(":")
            # A colon before a slash belongs to a registry's port, not to a tag.
            container["Image"] = f"{repository if colon and '/' not in tag else name}:archkit-fault-{self.id}"
        else:
            container["Healthcheck"] = _NEVER_HEALTHY
        self.mark(spec)
        return True

    def heal(self) -> None:
        change(self.host, self.service, self._restore)

    def _restore(self, spec: dict[str, Any]) -> bool:
        if not self.marked(spec):
            return False
        container = spec["TaskTemplate"]["ContainerSpec"]
        if self.release == Release.NO_IMAGE:
            container["Image"] = self.image
        elif self.health_check is None:
            container.pop("Healthcheck", None)
        else:
            container["Healthcheck"] = dict(self.health_check)
        self.unmark(spec)
        return True

    def describe(self) -> str:
        what = "that never gets healthy" if self.release == Release.UNHEALTHY else "whose image does not exist"
        return f"deploys a release of {self.service} {what}"
