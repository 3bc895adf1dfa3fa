"""A load-balanced web application: replicas over several zones, behind a CDN that keeps pages and static files."""

from dataclasses import dataclass, field

import pulumi

from components.cdn import Behaviour, CdnArgs, ErrorPage, Methods, Ttl
from components.image import ImageArgs
from components.load_balancer import LoadBalancerArgs, Route
from components.network import NetworkArgs
from components.objectives import Objectives
from components.service import ScalingPolicy, ServiceArgs
from components.storage import StorageArgs
from components.target import Target

ORIGIN, FILES = "edge", "static"
CACHED_PATH = "/page/headlines"  # of the application: kept for 5 s, and shown for a day while nobody can make it
YEAR_SECONDS = 31_536_000
ERROR_PAGES = {404: "404", 502: "503", 503: "503", 504: "503"}


def _cdn() -> CdnArgs:
    """The application as it is; its page in parts and the static files, kept; what is one visitor's, by nobody."""
    return CdnArgs(
        behaviours=(
            Behaviour(path="/*", origin=ORIGIN, methods=Methods.ALL),
            Behaviour(path="/page/*", origin=ORIGIN, ttl=Ttl(default_seconds=60)),
            Behaviour(path="/page/visitor", origin=ORIGIN, private=True),
            Behaviour(path="/static/*", origin=FILES, ttl=Ttl(default_seconds=300, maximum_seconds=YEAR_SECONDS)),
        ),
        # From the storage, which stands where the application does not.
        error_pages=tuple(
            ErrorPage(status=status, path=f"/static/errors/{page}.html") for status, page in ERROR_PAGES.items()
        ),
    )


@dataclass(frozen=True, kw_only=True)
class WebConfig:
    """What a stack may say about this design.

    Args:
        network: The network that everything lives in.
        image: The application.
        service: Its replicas.
        load_balancer: The address before the replicas; the origin of the CDN.
        cdn: Answers at the edge; null: none, and no storage: the application serves its static files itself.
        static: Its static files, as the CDN's second origin.
        objectives: What clients are promised; drills check it.

    """

    network: NetworkArgs = field(default_factory=NetworkArgs)
    image: ImageArgs = field(default_factory=lambda: ImageArgs(app="web"))
    service: ServiceArgs = field(
        default_factory=lambda: ServiceArgs(scaling=ScalingPolicy(requests_per_replica_per_minute=6_000))
    )
    load_balancer: LoadBalancerArgs = field(default_factory=LoadBalancerArgs)
    cdn: CdnArgs | None = field(default_factory=_cdn)
    static: StorageArgs = field(default_factory=lambda: StorageArgs(folder="web/static"))
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
        ORIGIN, config.load_balancer, network=network, routes=[Route(path="/*", service=service)]
    )
    addresses = [load_balancer.url]
    if config.cdn is not None:
        static = target.storage(FILES, config.static, network=network)
        cdn = target.cdn("cdn", config.cdn, network=network, origins={ORIGIN: load_balancer, FILES: static})
        addresses = list(cdn.urls)
        pulumi.export("origin_url", load_balancer.url)
        pulumi.export("cached_path", CACHED_PATH)
    pulumi.export("url", addresses[0])
    pulumi.export("urls", addresses)
    pulumi.export("objectives", config.objectives.document())
