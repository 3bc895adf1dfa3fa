"""The database: data members, etcd, a proxy that knows who leads, and pools before it."""

import pulumi

from components.access import on_same_target
from components.access.local import (
    LocalAccess,
    LocalArchive,
    LocalMigratable,
    LocalPlacement,
    LocalReachable,
    LocalRestorable,
)
from components.connect import Endpoint
from components.credentials import Credentials, CredentialSource
from components.database.contract import USER, Database, DatabaseArgs
from components.database.local import layout
from components.database.local.archive import Archiving
from components.database.local.controller import controller
from components.database.local.etcd import etcd
from components.database.local.front import poolers, proxy
from components.database.local.layout import Layout
from components.database.local.material import Material
from components.database.local.members import members
from components.database.local.site import Site
from components.errors import refuse
from components.images import ROOT, build
from components.naming import Kind, fixed
from components.network import Network
from components.profile import Profile
from components.settings import LocalSettings

_IMAGES = ROOT / "components" / "database" / "image"


class LocalDatabase(Database, LocalReachable, LocalRestorable, LocalMigratable):
    """PostgreSQL 17 under Patroni 4: each member a service of its own with its own volume, pinned to its zone.

    A commit is acknowledged once a replica has it too. Applications reach the writer and the reader through PgBouncer,
    migrations the writer straight; who is the writer is asked of Patroni by HAProxy, four times a second.
    """

    def __init__(
        self,
        name: str,
        args: DatabaseArgs,
        *,
        settings: LocalSettings,
        network: Network,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        self.names = Layout(component=name, members=args.replicas + 1)
        refuse([fixed(f"database/{name}", self.names.longest_name, Kind.DOCKER_SERVICE)])
        super().__init__("archkit:local:Database", name, None, opts)
        self.args = args
        self.settings = settings
        placement = on_same_target(
            LocalPlacement, network, wanted_by=f"database {name!r}", role="network", target="local"
        )
        self._own_network = placement.overlay(name, internal=True)
        self.material = Material(self, self.names)
        self._archiving = Archiving(self, self.names, placement.overlay(f"{name}-archive", internal=True))
        site = self._site(placement)
        self.etcd = etcd(site)
        self.members = members(site, after=self.etcd)
        self.controller = controller(site) if settings.protection else None
        self.proxy = proxy(site, after=self.members)
        self.poolers = poolers(site, after=[self.proxy]) if args.pooling else {}
        self.register_outputs(
            {
                "capability": "database",
                "links": [],
                "objectives": args.objectives.document(),
                "zones": list(placement.zones),
                # The same as on AWS: `archkit destroy` refuses, before anything is touched.
                "protected": settings.profile is Profile.PROD,
                "only_grows": {"version": args.version, "storage_megabytes": settings.database.storage_megabytes},
            }
        )

    @property
    def endpoint(self) -> Endpoint:
        return self._endpoint("writer", layout.WRITER_PORT)

    @property
    def reader(self) -> Endpoint:
        return self._endpoint("reader", layout.READER_PORT)

    @property
    def migration(self) -> Endpoint:
        return Endpoint(scheme="postgresql", host=self.names.host("proxy"), port=layout.WRITER_PORT)

    @property
    def credentials(self) -> Credentials:
        return Credentials(
            source=CredentialSource.FILE, user=USER, password_file=self.material.application_password.file_name
        )

    @property
    def ca_file(self) -> str:
        return self.material.application_authority.file_name

    @property
    def access(self) -> LocalAccess:
        return LocalAccess(
            network_id=self._own_network,
            port=self.endpoint.port,
            secrets=[self.material.application_password, self.material.application_authority],
        )

    @property
    def migration_access(self) -> LocalAccess:
        return LocalAccess(
            network_id=self._own_network,
            port=layout.WRITER_PORT,
            secrets=[self.material.owner_password, self.material.application_authority],
        )

    @property
    def migration_credentials(self) -> Credentials:
        return Credentials(
            source=CredentialSource.FILE, user=layout.OWNER, password_file=self.material.owner_password.file_name
        )

    def archive(self) -> LocalArchive:
        """What a repository of its backups needs."""
        return self._archiving.for_repository()

    def _endpoint(self, role: str, proxy_port: int) -> Endpoint:
        host, port = (role, layout.POOLER_PORT) if self.args.pooling else ("proxy", proxy_port)
        return Endpoint(scheme="postgresql", host=self.names.host(host), port=port)

    def _site(self, placement: LocalPlacement) -> Site:
        def image(role: str, name: str) -> pulumi.Output[str]:
            return build(self.part(role), name, _IMAGES / name, self.settings, parent=self).name

        return Site(
            database=self,
            args=self.args,
            settings=self.settings,
            names=self.names,
            zones=placement.zones,
            own_network=self._own_network,
            member_network=placement.overlay(f"{self.component_name}-members", internal=True),
            etcd_network=placement.overlay(self.names.etcd_network, internal=True),
            image=image("image", "postgresql"),
            front_image=image("front-image", "front"),
            material=self.material,
            archiving=self._archiving,
        )
