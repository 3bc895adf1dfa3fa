"""A catalogue API: autoscaled replicas, a cache before a replicated database, backups at another site."""

from dataclasses import dataclass, field

import pulumi

from components.backup import BackupArgs
from components.cache import CacheArgs, Engine
from components.database import DatabaseArgs
from components.errors import refuse, unless
from components.image import ImageArgs
from components.load_balancer import LoadBalancerArgs, Route
from components.migration import MigrationArgs
from components.network import NetworkArgs
from components.objectives import Objectives
from components.service import ScalingPolicy, ServiceArgs
from components.target import Target


def _database() -> DatabaseArgs:
    return DatabaseArgs(objectives=Objectives(recovery_time_seconds=30, recovery_point_seconds=0))


@dataclass(frozen=True, kw_only=True)
class ApiConfig:
    """What a stack may say about this design.

    Args:
        network: The network that everything lives in.
        image: The application.
        database: Where products are; the writer's loss loses no acknowledged write.
        cache: Where answers are kept; the design works without it, slower.
        backup: Copies of the database, at another site too; null: none.
        migration: The schema's changes, before a new version serves.
        service: The application's replicas.
        load_balancer: The address in front.
        objectives: What clients are promised; drills check it.

    """

    network: NetworkArgs = field(default_factory=NetworkArgs)
    image: ImageArgs = field(default_factory=lambda: ImageArgs(app="api"))
    database: DatabaseArgs = field(default_factory=_database)
    cache: CacheArgs = field(default_factory=CacheArgs)
    backup: BackupArgs | None = field(default_factory=BackupArgs)
    migration: MigrationArgs = field(default_factory=MigrationArgs)
    service: ServiceArgs = field(
        default_factory=lambda: ServiceArgs(scaling=ScalingPolicy(requests_per_replica_per_minute=6_000))
    )
    load_balancer: LoadBalancerArgs = field(default_factory=LoadBalancerArgs)
    objectives: Objectives = field(
        default_factory=lambda: Objectives(
            availability=0.999, error_rate=0.01, latency_p99_milliseconds=2_000, recovery_time_seconds=30
        )
    )

    def __post_init__(self) -> None:
        refuse(
            [
                unless(
                    self.cache.engine is Engine.VALKEY,
                    f"api/cache/engine: must be {Engine.VALKEY}, got {self.cache.engine}; "
                    "one flight for each key takes a lock, which memcached does not have",
                )
            ]
        )


def api(target: Target, config: ApiConfig) -> None:
    """Declares the design on a target."""
    network = target.network("network", config.network)
    image = target.image("image", config.image)
    database = target.database("database", config.database, network=network)
    cache = target.cache("cache", config.cache, network=network)
    if config.backup:
        target.backup("backup", config.backup, network=network, databases=[database])
    schema = target.migration("schema", config.migration, network=network, image=image, database=database)
    service = target.service(
        "api", config.service, network=network, image=image, links=[database, cache], after=[schema]
    )
    load_balancer = target.load_balancer(
        "edge", config.load_balancer, network=network, routes=[Route(path="/*", service=service)]
    )
    pulumi.export("url", load_balancer.url)
    pulumi.export("read_path", "/products")
    pulumi.export("objectives", config.objectives.document())
