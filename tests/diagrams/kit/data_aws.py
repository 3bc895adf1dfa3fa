"""Edge and data tier of the kit on AWS, in one program."""

from components.backup import BackupArgs
from components.cache import CacheArgs
from components.cdn import Behaviour, CdnArgs, Domain
from components.database import DatabaseArgs
from components.image import ImageArgs
from components.load_balancer import LoadBalancerArgs, Route
from components.network import NetworkArgs
from components.service import ServiceArgs
from components.settings import AwsSettings
from components.targets.aws import AwsTarget

IMAGE = "ghcr.io/team/web@sha256:" + "a" * 64


def program() -> None:
    """CDN, load balancer, service, database, cache and backup."""
    target = AwsTarget(AwsSettings(images={"web": IMAGE}))
    network = target.network("network", NetworkArgs())
    orders = target.database("orders", DatabaseArgs(), network=network)
    sessions = target.cache("sessions", CacheArgs(), network=network)
    image = target.image("image", ImageArgs(app="web"))
    api = target.service("api", ServiceArgs(), network=network, image=image, links=[orders, sessions])
    balancer = target.load_balancer(
        "balancer", LoadBalancerArgs(public=False), network=network, routes=[Route(path="/*", service=api)]
    )
    target.cdn(
        "edge",
        CdnArgs(behaviours=(Behaviour(origin="api"),), domain=Domain(name="shop.example.org", zone="example.org")),
        network=network,
        origins={"api": balancer},
    )
    target.backup("vault", BackupArgs(), network=network, databases=[orders])
