"""Amazon Web Services."""

from collections.abc import Mapping, Sequence

import pulumi

from components.backup import Backup, BackupArgs
from components.backup.aws import AwsBackup
from components.cache import Cache, CacheArgs
from components.cache.aws import AwsCache
from components.cdn import Cdn, CdnArgs
from components.cdn.aws import AwsCdn
from components.connect import Connectable
from components.database import Database, DatabaseArgs
from components.database.aws import AwsDatabase
from components.image import Image, ImageArgs
from components.image.aws import AwsImage
from components.load_balancer import LoadBalancer, LoadBalancerArgs, Route
from components.load_balancer.aws import AwsLoadBalancer
from components.migration import Migration, MigrationArgs
from components.migration.aws import AwsMigration
from components.network import Network, NetworkArgs
from components.network.aws import AwsNetwork
from components.service import Service, ServiceArgs
from components.service.aws import AwsService
from components.settings import AwsSettings
from components.storage import Storage, StorageArgs
from components.storage.aws import AwsStorage


class AwsTarget:
    """Capabilities as managed services of AWS."""

    def __init__(self, settings: AwsSettings) -> None:
        self.settings = settings

    def network(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> Network:
        return AwsNetwork(name, args, settings=self.settings, opts=opts)

    def image(self, name: str, args: ImageArgs, opts: pulumi.ResourceOptions | None = None) -> Image:
        return AwsImage(name, args, settings=self.settings, opts=opts)

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
        return AwsService(
            name,
            args,
            settings=self.settings,
            network=network,
            image=image,
            links=links,
            after=after,
            opts=opts,
        )

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
        return AwsMigration(
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
        return AwsLoadBalancer(name, args, settings=self.settings, network=network, routes=routes, opts=opts)

    def storage(
        self, name: str, args: StorageArgs, *, network: Network, opts: pulumi.ResourceOptions | None = None
    ) -> Storage:
        return AwsStorage(name, args, settings=self.settings, network=network, opts=opts)

    def cdn(
        self,
        name: str,
        args: CdnArgs,
        *,
        network: Network,
        origins: Mapping[str, Connectable],
        opts: pulumi.ResourceOptions | None = None,
    ) -> Cdn:
        return AwsCdn(name, args, settings=self.settings, network=network, origins=origins, opts=opts)

    def database(
        self, name: str, args: DatabaseArgs, *, network: Network, opts: pulumi.ResourceOptions | None = None
    ) -> Database:
        return AwsDatabase(name, args, settings=self.settings, network=network, opts=opts)

    def cache(
        self, name: str, args: CacheArgs, *, network: Network, opts: pulumi.ResourceOptions | None = None
    ) -> Cache:
        return AwsCache(name, args, settings=self.settings, network=network, opts=opts)

    def backup(
        self,
        name: str,
        args: BackupArgs,
        *,
        network: Network,
        databases: Sequence[Database],
        opts: pulumi.ResourceOptions | None = None,
    ) -> Backup:
        return AwsBackup(name, args, settings=self.settings, network=network, databases=databases, opts=opts)
