"""Edge and data tier of the kit in a swarm of three zones: some twenty services in one picture."""

import pulumi_docker as docker

from components.cdn import Behaviour, CdnArgs
from components.cdn.local import LocalCdn
from components.database import DatabaseArgs
from components.database.local import LocalDatabase
from components.image import ImageArgs
from components.image.local import LocalImage
from components.load_balancer import LoadBalancerArgs, Route
from components.load_balancer.local import LocalLoadBalancer
from components.network import NetworkArgs
from components.network.local import LocalNetwork
from components.service import ServiceArgs
from components.service.local import LocalService
from components.settings import LocalSettings
from components.swarm import service_labels

SETTINGS = LocalSettings(zones=("a", "b", "c"))


def program() -> None:
    """CDN, load balancer, service, database; a cache as a component of its own would label its servers."""
    network = LocalNetwork("network", NetworkArgs(), settings=SETTINGS)
    orders = LocalDatabase("orders", DatabaseArgs(), settings=SETTINGS, network=network)
    image = LocalImage("image", ImageArgs(app="web"), settings=SETTINGS)
    api = LocalService("api", ServiceArgs(), settings=SETTINGS, network=network, image=image, links=[orders])
    balancer = LocalLoadBalancer(
        "edge", LoadBalancerArgs(), settings=SETTINGS, network=network, routes=[Route(path="/*", service=api)]
    )
    LocalCdn(
        "cdn",
        CdnArgs(behaviours=(Behaviour(origin="api"),)),
        settings=SETTINGS,
        network=network,
        origins={"api": balancer},
    )
    cache = docker.Network("sessions", name="shop-sessions", driver="overlay", internal=True)
    for place, zone in enumerate(SETTINGS.zones, start=1):
        _server("cache", f"sessions-member-{place}", "valkey/valkey:8.1", zone, cache)
        _server("sentinel", f"sessions-sentinel-{place}", "valkey/valkey:8.1", zone, cache)


def _server(role: str, name: str, image: str, zone: str, network: docker.Network) -> None:
    docker.Service(
        name,
        name=f"shop-{name}",
        labels=service_labels("sessions", role),
        mode=docker.ServiceModeArgs(replicated=docker.ServiceModeReplicatedArgs(replicas=1)),
        endpoint_spec=docker.ServiceEndpointSpecArgs(mode="dnsrr"),
        task_spec=docker.ServiceTaskSpecArgs(
            networks_advanceds=[docker.ServiceTaskSpecNetworksAdvancedArgs(id=network.id)],
            placement=docker.ServiceTaskSpecPlacementArgs(constraints=[f"node.labels.archkit.zone=={zone}"]),
            container_spec=docker.ServiceTaskSpecContainerSpecArgs(
                image=image,
                env={"PRIMARY": "shop-sessions-member-1"} if role == "sentinel" or "-1" not in name else None,
                args=["valkey-sentinel" if role == "sentinel" else "valkey-server"],
            ),
        ),
    )
