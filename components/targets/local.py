"""Docker in swarm mode, on this machine or on the nodes of its swarm."""

from collections.abc import Mapping, Sequence

import pulumi

from components.backup import Backup, BackupArgs
from components.backup.local import LocalBackup
from components.cache import Cache, CacheArgs
from components.cache.local import LocalCache
from components.cdn import Cdn, CdnArgs
from components.cdn.local import LocalCdn
from components.connect import Connectable
from components.controller.local import NAME as CONTROLLER
from components.controller.local import ControllerArgs, LocalController
from components.database import Database, DatabaseArgs
from components.database.local import LocalDatabase
from components.errors import refuse, unless
from components.image import Image, ImageArgs
from components.image.local import LocalImage
from components.load_balancer import LoadBalancer, LoadBalancerArgs, Route
from components.load_balancer.local import LocalLoadBalancer
from components.migration import Migration, MigrationArgs
from components.migration.local import LocalMigration
from components.network import Network, NetworkArgs
from components.network.local import LocalNetwork
from components.service import Service, ServiceArgs
from components.service.local import LocalService
from components.settings import LocalSettings
from components.storage import Storage, StorageArgs
from components.storage.local import LocalStorage


class LocalTarget:
    """Capabilities as services of a Docker swarm."""

    def __init__(self, settings: LocalSettings) -> None:
        self.settings = settings
        self.controller: LocalController | None = None

    def network(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> Network:
        return LocalNetwork(name, args, settings=self.settings, opts=opts)

    def image(self, name: str, args: ImageArgs, opts: pulumi.ResourceOptions | None = None) -> Image:
        return LocalImage(name, args, settings=self.settings, opts=opts)

    def service(
        self,
        name: str,
        args: ServiceArgs,
        *,
        network: Network,
        image: Image,
        links: Sequence[Connectable] = (),
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> Service:
        refuse([_not_the_controllers("service", name)])
        made = LocalService(
            name,
            args,
            settings=self.settings,
            network=network,
            image=image,
            links=links,
            after=after,
            opts=opts,
        )
        if self.controller is None and made.needs_controller:
            self.controller = LocalController(CONTROLLER, ControllerArgs(), settings=self.settings, network=network)
        return made

    def migration(
        self,
        name: str,
        args: MigrationArgs,
        *,
        network: Network,
        image: Image,
        database: Database,
        opts: pulumi.ResourceOptions | None = None,
    ) -> Migration:
        return LocalMigration(
            name, args, settings=self.settings, network=network, image=image, database=database, opts=opts
        )

    def load_balancer(
        self,
        name: str,
        args: LoadBalancerArgs,
        *,
        network: Network,
        routes: Sequence[Route],
        opts: pulumi.ResourceOptions | None = None,
    ) -> LoadBalancer:
        refuse([_not_the_controllers("load_balancer", name)])
        return LocalLoadBalancer(
            name,
            args,
            settings=self.settings,
            network=network,
            routes=routes,
            watched_by=self.controller,
            opts=opts,
        )

    def storage(
        self, name: str, args: StorageArgs, *, network: Network, opts: pulumi.ResourceOptions | None = None
    ) -> Storage:
        return LocalStorage(name, args, settings=self.settings, network=network, opts=opts)

    def cdn(
        self,
        name: str,
        args: CdnArgs,
        *,
        network: Network,
        origins: Mapping[str, Connectable],
        opts: pulumi.ResourceOptions | None = None,
    ) -> Cdn:
        return LocalCdn(name, args, settings=self.settings, network=network, origins=origins, opts=opts)

    def database(
        self, name: str, args: DatabaseArgs, *, network: Network, opts: pulumi.ResourceOptions | None = None
    ) -> Database:
        refuse([_not_the_controllers("database", name)])
        return LocalDatabase(name, args, settings=self.settings, network=network, opts=opts)

    def backup(
        self,
        name: str,
        args: BackupArgs,
        *,
        network: Network,
        databases: Sequence[Database],
        opts: pulumi.ResourceOptions | None = None,
    ) -> Backup:
        refuse([_not_the_controllers("backup", name)])
        return LocalBackup(name, args, settings=self.settings, network=network, databases=databases, opts=opts)

    def cache(
        self, name: str, args: CacheArgs, *, network: Network, opts: pulumi.ResourceOptions | None = None
    ) -> Cache:
        refuse([_not_the_controllers("cache", name)])
        return LocalCache(name, args, settings=self.settings, network=network, opts=opts)


def _not_the_controllers(capability: str, name: str) -> str | None:
    return unless(
        name != CONTROLLER,
        f"{capability}/{name}: must have another name, got {CONTROLLER!r}; the kit's own service is called that",
    )
