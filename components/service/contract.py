"""What every service promises, whichever target runs it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from components.connect import Connectable
from components.errors import out_of_range, refuse, unless
from components.service.scaling import Capacity, ScalingPolicy
from components.size import Size

MAX_DRAIN_SECONDS = 3600  # Elastic Load Balancing, target group attribute deregistration_delay.timeout_seconds
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """How the platform asks a replica how it is.

    Args:
        live_path: Answers 200 while the process works, whatever its dependencies do: who fails it is replaced.
        ready_path: Answers 200 while the replica wants requests, 503 while it starts or drains.
        start_seconds: How long a new replica may take before failed checks count, 1 to 7200.

    """

    live_path: str = "/healthz"
    ready_path: str = "/readyz"
    start_seconds: int = 60

    def __post_init__(self) -> None:
        refuse(
            [
                *(
                    unless(
                        path.startswith("/"),
                        f"service/health/{name}: must begin with a slash, got {path!r}; it is the path of a URL",
                    )
                    for name, path in (("live_path", self.live_path), ("ready_path", self.ready_path))
                ),
                out_of_range(
                    "service/health/start_seconds",
                    self.start_seconds,
                    1,
                    7200,
                    "the longest grace period that an Auto Scaling group takes",
                ),
            ]
        )


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """A stateless application in replicas: one may die, and nobody notices.

    Args:
        port: TCP port on which a replica speaks HTTP.
        size: Vertical scaling.
        capacity: Horizontal scaling: how many replicas at least and at most.
        scaling: When to add and remove replicas between the two.
        health: How a replica is asked how it is.
        drain_seconds: How long a replica serves on after it was told to stop, 1 to 3600.
        environment: Variables of the application. No secrets: those come with links.

    Raises:
        InvalidArgsError: Every field out of range, one line each.

    """

    port: int = 8080
    size: Size = Size.SMALL
    capacity: Capacity = field(default_factory=Capacity)
    scaling: ScalingPolicy = field(default_factory=ScalingPolicy)
    health: HealthCheck = field(default_factory=HealthCheck)
    drain_seconds: int = 10
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        refuse(
            [
                out_of_range("service/port", self.port, 1024, 65535, "lower ports need root, which no replica has"),
                out_of_range(
                    "service/drain_seconds",
                    self.drain_seconds,
                    1,
                    MAX_DRAIN_SECONDS,
                    "a replica that does not drain cuts off the requests it holds",
                ),
                *(
                    unless(
                        _VARIABLE.fullmatch(name),
                        f"service/environment/{name}: must be an environment variable's name, got {name!r}; "
                        "capital letters, digits and underscores reach every program",
                    )
                    for name in self.environment
                ),
                *self.scaling.problems(self.capacity),
            ]
        )


class Service(Connectable):
    """A stateless application in replicas; `ServiceArgs` says what it promises."""
