"""What every load balancer promises, whichever target runs it."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi

from components.connect import Connectable
from components.domain import Domain
from components.errors import out_of_range, refuse, unless
from components.objectives import Objectives
from components.service import Service

RECOVERY_SECONDS = 8  # the swarm misses it, makes a container, and waits for its first health check


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """Spreads requests over the healthy replicas of its routes' services.

    Args:
        domain: The design's own name; without one, plain HTTP under the target's own address.
        idle_timeout_seconds: How long a silent connection is kept, 1 to 4000.
        public: Whether the world may connect; else only what fetches from it, such as a CDN, which bears the domain.
        objectives: What clients are promised when a load balancer dies. Where it is the only one they wait until
            another runs: no share of requests is promised then, only how long.

    Raises:
        InvalidArgsError: Every field out of range, one line each.

    """

    domain: Domain | None = None
    idle_timeout_seconds: int = 60
    public: bool = True
    objectives: Objectives = field(
        default_factory=lambda: Objectives(availability=0.999, recovery_time_seconds=RECOVERY_SECONDS)
    )

    def __post_init__(self) -> None:
        refuse(
            [
                unless(
                    self.public or self.domain is None,
                    f"load_balancer/domain: must not be given where public is false, got "
                    f"{self.domain.name if self.domain else ''!r}; the world connects to the CDN, which bears the name",
                ),
                out_of_range(
                    "load_balancer/idle_timeout_seconds",
                    self.idle_timeout_seconds,
                    1,
                    4000,
                    "Elastic Load Balancing, attribute idle_timeout.timeout_seconds",
                ),
            ]
        )


@dataclass(frozen=True, kw_only=True)
class Route:
    """Which requests go to which service.

    Args:
        path: A path with `*` at its end at most: `/*`, `/api/*`, `/healthz`. The longest that fits wins.
        service: Who answers.

    """

    path: str = "/*"
    service: Service

    def __post_init__(self) -> None:
        refuse(
            [
                unless(
                    self.path.startswith("/") and "*" not in self.path[:-1],
                    f"load_balancer/routes/{self.path}: must begin with a slash and have `*` at its end at most, "
                    f"got {self.path!r}; more patterns than that differ from target to target",
                )
            ]
        )


def route_problems(name: str, routes: Sequence[Route]) -> list[str | None]:
    """What is wrong with the routes of one load balancer taken together."""
    paths = [route.path for route in routes]
    return [
        unless("/*" in paths, f"load_balancer/{name}/routes: must have a route for '/*', got {paths}; others get 404"),
        *(
            f"load_balancer/{name}/routes: must name each path once, got {path!r} {paths.count(path)} times; "
            "one request has one answer"
            for path in dict.fromkeys(paths)
            if paths.count(path) > 1
        ),
    ]


class LoadBalancer(Connectable):
    """Spreads requests over services; `LoadBalancerArgs` says what it promises."""

    @property
    @abstractmethod
    def url(self) -> pulumi.Output[str]:
        """What a person opens in a browser."""
