"""Where a design runs: the one seam between designs and clouds."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pulumi

from components.backup import Backup, BackupArgs
from components.cache import Cache, CacheArgs
from components.cdn import Cdn, CdnArgs
from components.connect import Connectable
from components.database import Database, DatabaseArgs
from components.image import Image, ImageArgs
from components.load_balancer import LoadBalancer, LoadBalancerArgs, Route
from components.migration import Migration, MigrationArgs
from components.network import Network, NetworkArgs
from components.service import Service, ServiceArgs
from components.storage import Storage, StorageArgs


class Target(Protocol):
    """Makes capabilities real. One method each; adding one makes every target that lacks it a type error."""

    def network(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> Network: ...

    def image(self, name: str, args: ImageArgs, opts: pulumi.ResourceOptions | None = None) -> Image: ...

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
    ) -> Service: ...

    def migration(
        self,
        name: str,
        args: MigrationArgs,
        *,
        network: Network,
        image: Image,
        database: Database,
        opts: pulumi.ResourceOptions | None = None,
    ) -> Migration: ...

    def load_balancer(
        self,
        name: str,
        args: LoadBalancerArgs,
        *,
        network: Network,
        routes: Sequence[Route],
        opts: pulumi.ResourceOptions | None = None,
    ) -> LoadBalancer: ...

    def storage(
        self, name: str, args: StorageArgs, *, network: Network, opts: pulumi.ResourceOptions | None = None
    ) -> Storage: ...

    def cdn(
        self,
        name: str,
        args: CdnArgs,
        *,
        network: Network,
        origins: Mapping[str, Connectable],
        opts: pulumi.ResourceOptions | None = None,
    ) -> Cdn: ...

    def database(
        self, name: str, args: DatabaseArgs, *, network: Network, opts: pulumi.ResourceOptions | None = None
    ) -> Database: ...

    def backup(
        self,
        name: str,
        args: BackupArgs,
        *,
        network: Network,
        databases: Sequence[Database],
        opts: pulumi.ResourceOptions | None = None,
    ) -> Backup: ...

    def cache(
        self, name: str, args: CacheArgs, *, network: Network, opts: pulumi.ResourceOptions | None = None
    ) -> Cache: ...
