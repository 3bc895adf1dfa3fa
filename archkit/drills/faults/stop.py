"""A process that is told to end, and may drain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from archkit.drills.faults.container import ContainerFault, asked

_MARGIN_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Stop(ContainerFault):
    """The container's stop signal, and SIGKILL after the grace period.

    Args:
        grace_seconds: How long it may take; None takes the container's own stop timeout, else Docker's 10 s.

    """

    kind: ClassVar[str] = "stop"

    grace_seconds: int | None = None

    def inject(self) -> None:
        stop(self)

    def heal(self) -> None:
        self.start_again()

    def describe(self) -> str:
        return f"stops {self.victim} with its stop signal and lets it drain"


def stop(fault: ContainerFault, grace_seconds: int | None = None) -> None:
    """Stops a fault's container; waits until it has ended."""
    grace_seconds = getattr(fault, "grace_seconds", grace_seconds)
    if grace_seconds is None:
        found = fault.host.container(fault.container) or {}
        configured = found.get("Config", {}).get("StopTimeout")
        grace_seconds = 10 if configured is None else int(configured)
    with asked(f"stop {fault.victim}"):
        # The request lasts as long as the drain, longer than the client's own patience.
        api = fault.host.api
        reply = api.post(
            f"{api.base_url}/v{api.api_version}/containers/{fault.container}/stop",
            params={"t": grace_seconds},
            timeout=grace_seconds + _MARGIN_SECONDS,
        )
        if reply.status_code not in {304, 404}:
            reply.raise_for_status()
