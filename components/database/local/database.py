"""The database: data members, etcd, a proxy that knows who leads, and pools before it."""

import pulumi
import pulumi_docker as docker

from components.access import on_same_target
from components.access.local import LocalAccess, LocalPlacement, LocalReachable, LocalSecret
from components.connect import Endpoint
from components.credentials import Credentials, CredentialSource
from components.database.contract import USER, Database, DatabaseArgs
from components.database.local import layout
from components.database.local.etcd import MEGABYTES as ETCD_MEGABYTES
from components.database.local.etcd import etcd_environment
from components.database.local.layout import Layout
from components.database.local.material import Material
from components.database.local.views import (
    MEMORY,
    STOP_SECONDS,
    render_patroni,
    render_pooler,
    render_proxy,
    render_shared,
)
from components.errors import refuse
from components.images import ROOT, build
from components.naming import Kind, fixed
from components.network import Network
from components.profile import Profile
from components.servers import Server, command_check, file, member_volume, serve
from components.settings import LocalSettings
from components.swarm import http_check

_IMAGES = ROOT / "components" / "database" / "image"
_PROXY_MEGABYTES, _POOLER_MEGABYTES = 96, 64
# A copy of the whole database may precede a member's first "ready".
_MEMBER_START_SECONDS = 3600


class LocalDatabase(Database, LocalReachable):
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
        self._zones = placement.zones
        self._own_network = placement.overlay(name, internal=True)
        self._member_network = placement.overlay(f"{name}-members", internal=True)
        self._etcd_network = placement.overlay(f"{name}-etcd", internal=True)
        self.image = build(self.part("image"), "archkit/postgresql", _IMAGES / "postgresql", settings, parent=self)
        self.front_image = build(self.part("front-image"), "archkit/front", _IMAGES / "front", settings, parent=self)
        self.material = Material(self, self.names)
        self.etcd = self._etcd()
        self.members = self._members()
        self.proxy = self._proxy()
        self.poolers = self._poolers() if args.pooling else {}
        self.register_outputs(
            {
                "capability": "database",
                "links": [],
                "objectives": args.objectives.document(),
                "zones": list(self._zones),
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
    def owner_password(self) -> LocalSecret:
        """What the role `owner` proves itself by: for whoever runs migrations, on the network of `access`."""
        return self.material.owner_password

    def _endpoint(self, role: str, proxy_port: int) -> Endpoint:
        host, port = (role, layout.POOLER_PORT) if self.args.pooling else ("proxy", proxy_port)
        return Endpoint(scheme="postgresql", host=self.names.host(host), port=port)

    def _zone(self, index: int) -> str:
        return self._zones[index % len(self._zones)] if self._zones else ""

    def _etcd(self) -> list[docker.Service]:
        made: list[docker.Service] = []
        for index, part in enumerate(self.names.etcd_parts):
            made.append(self._etcd_member(index, part, after=made[-1:]))
        return made

    def _etcd_member(self, index: int, part: str, after: list[docker.Service]) -> docker.Service:
        return serve(
            self,
            self.part(part),
            Server(
                component=self.component_name,
                role="etcd",
                part=part,
                image=self.front_image.name,
                command=["etcd"],
                networks=[self._etcd_network],
                megabytes=ETCD_MEGABYTES,
                # That it answers, not that it has a quorum: without the others it never has one, and they find it by
                # DNS only once it is well.
                check=http_check(layout.ETCD_METRICS_PORT, "/metrics", start_seconds=30),
                environment=etcd_environment(self.names, part),
                secrets=[self.material.authority, self.material.etcd_certificate],
                volume=member_volume(
                    self,
                    self.part(f"{part}-data"),
                    self.component_name,
                    part,
                    layout.ETCD_VOLUME,
                    one_node=not self._zones,
                ),
                zone=self._zone(index),
                after=after,
            ),
        )

    def _members(self) -> list[docker.Service]:
        made: list[docker.Service] = []
        self._shared = file(self, self.part("shared"), self.component_name, render_shared(self.args))
        for index, part in enumerate(self.names.member_parts):
            # One after the other: each waits until the one before it streams again, so that a majority always runs.
            made.append(self._member(index, part, after=made[-1:] or self.etcd))
        return made

    def _member(self, index: int, part: str, after: list[docker.Service]) -> docker.Service:
        configuration = file(
            self, self.part(f"{part}-configuration"), self.component_name, render_patroni(self.args, self.names, part)
        )
        return serve(
            self,
            self.part(part),
            Server(
                component=self.component_name,
                role="member",
                part=part,
                image=self.image.name,
                command=["patroni", "/etc/patroni/patroni.yml"],
                networks=[self._member_network, self._etcd_network],
                megabytes=MEMORY[self.args.size].limit,
                check=command_check(["member-health"], seconds=3, start_seconds=_MEMBER_START_SECONDS),
                files={"/etc/patroni/patroni.yml": configuration, "/etc/patroni/shared.json": self._shared},
                secrets=[self.material.authority, self.material.member_certificate, self.material.roles],
                temporary={"/tmp": 16, "/dev/shm": 64},  # noqa: S108 - the container's own
                volume=member_volume(
                    self,
                    self.part(f"{part}-data"),
                    self.component_name,
                    part,
                    layout.DATA_VOLUME,
                    one_node=not self._zones,
                ),
                zone=self._zone(index),
                # A checkpoint, a clean end, and a hand-over where it leads.
                stop_seconds=60,
                after=after,
            ),
        )

    @property
    def _doubled(self) -> bool:
        """Whether proxy and pools run twice: where the loss of one must not be waited out."""
        return bool(self._zones) or self.settings.profile is Profile.PROD

    def _proxy(self) -> docker.Service:
        configuration = file(self, self.part("proxy-configuration"), self.component_name, render_proxy(self.names))
        return serve(
            self,
            self.part("proxy"),
            Server(
                component=self.component_name,
                role="proxy",
                part="proxy",
                image=self.front_image.name,
                command=["haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg"],
                networks=[self._own_network, self._member_network],
                megabytes=_PROXY_MEGABYTES,
                check=http_check(layout.PROXY_INTERNAL_PORT, "/healthz", start_seconds=10),
                files={"/etc/haproxy/haproxy.cfg": configuration},
                secrets=[self.material.authority],
                replicas=2 if self._doubled else 1,
                spread=bool(self._zones),
                stop_seconds=STOP_SECONDS + 2,
                stop_signal="SIGUSR1",
                after=self.members,
            ),
        )

    def _poolers(self) -> dict[str, docker.Service]:
        ports = {"writer": layout.WRITER_PORT, "reader": layout.READER_PORT}
        return {role: self._pooler(role, port) for role, port in ports.items()}

    def _pooler(self, role: str, port: int) -> docker.Service:
        configuration = file(
            self, self.part(f"{role}-configuration"), self.component_name, render_pooler(self.names, role, port)
        )
        return serve(
            self,
            self.part(role),
            Server(
                component=self.component_name,
                role="pooler",
                part=role,
                image=self.front_image.name,
                command=["pgbouncer", "/etc/pgbouncer/pgbouncer.ini"],
                networks=[self._own_network],
                megabytes=_POOLER_MEGABYTES,
                check=command_check(
                    ["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{layout.POOLER_PORT}"], seconds=2, start_seconds=10
                ),
                files={"/etc/pgbouncer/pgbouncer.ini": configuration},
                secrets=[self.material.authority, self.material.pooler_certificate, self.material.users],
                replicas=2 if self._doubled else 1,
                spread=bool(self._zones),
                # SIGINT: no new queries, and an end once the current ones are answered.
                stop_signal="SIGINT",
                after=[self.proxy],
            ),
        )
