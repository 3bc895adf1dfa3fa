"""A load-balanced web application: stateless replicas over several zones, one address in front."""

from dataclasses import dataclass, field

import pulumi

from components.image import ImageArgs
from components.load_balancer import LoadBalancerArgs, Route
from components.network import NetworkArgs
from components.objectives import Objectives
from components.service import ScalingPolicy, ServiceArgs
from components.target import Target


@dataclass(frozen=True, kw_only=True)
class WebConfig:
    """What a stack may say about this design.

    Args:
        network: The network that everything lives in.
        image: The application.
        service: Its replicas.
        load_balancer: The address in front.
        objectives: What clients are promised; drills check it.

    """

    network: NetworkArgs = field(default_factory=NetworkArgs)
    image: ImageArgs = field(default_factory=lambda: ImageArgs(app="web"))
    service: ServiceArgs = field(
        default_factory=lambda: ServiceArgs(scaling=ScalingPolicy(requests_per_replica_per_minute=6_000))
    )
    load_balancer: LoadBalancerArgs = field(default_factory=LoadBalancerArgs)
    objectives: Objectives = field(
        default_factory=lambda: Objectives(
            availability=0.999, error_rate=0.001, latency_p99_milliseconds=1_500, recovery_time_seconds=30
        )
    )


def web(target: Target, config: WebConfig) -> None:
    """Declares the design on a target."""
    network = target.network("network", config.network)
    image = target.image("image", config.image)
    service = target.service("web", config.service, network=network, image=image)
    load_balancer = target.load_balancer(
        "edge", config.load_balancer, network=network, routes=[Route(path="/*", service=service)]
    )
    pulumi.export("url", load_balancer.url)
    pulumi.export("objectives", config.objectives.document())
