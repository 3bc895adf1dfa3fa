"""A cache on a swarm."""

from collections.abc import Sequence

import pulumi
import pulumi_docker as docker

from components.access import on_same_target
from components.access.local import LocalAccess, LocalPlacement, LocalReachable
from components.cache.contract import USER, Cache, CacheArgs, Engine
from components.cache.local import layout
from components.cache.local.layout import Layout
from components.cache.local.material import Material
from components.cache.local.memcached import memcached
from components.cache.local.valkey import Valkey, valkey
from components.connect import Endpoint
from components.credentials import Credentials, CredentialSource
from components.errors import refuse
from components.naming import Kind, fixed
from components.network import Network
from components.settings import LocalSettings


class LocalCache(Cache, LocalReachable):
    """Valkey 8.1 under three Sentinels, or nodes of memcached 1.6; nothing of it is ever written to a disk.

    Valkey: applications reach whoever is the primary, and replicas, at two ports of HAProxy, which asks each member
    for its role. Connections are TLS from the application to the member.
    """

    def __init__(
        self,
        name: str,
        args: CacheArgs,
        *,
        settings: LocalSettings,
        network: Network,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        self.names = Layout(component=name, members=args.effective_replicas + 1, nodes=args.effective_nodes)
        refuse([fixed(f"cache/{name}", self.names.longest_name, Kind.DOCKER_SERVICE)])
        super().__init__("archkit:local:Cache", name, None, opts)
        self.args = args
        placement = on_same_target(LocalPlacement, network, wanted_by=f"cache {name!r}", role="network", target="local")
        self._own_network = placement.overlay(name, internal=True)
        self.made, self.material = self._made(placement, settings)
        self.register_outputs(
            {
                "capability": "cache",
                "links": [],
                "zones": list(placement.zones),
                "only_grows": dict(args.only_grows),
            }
        )

    @property
    def endpoint(self) -> Endpoint:
        return self._proxy(layout.PRIMARY_PORT) if self._is_valkey else self.nodes[0]

    @property
    def reader(self) -> Endpoint:
        return self._proxy(layout.READER_PORT) if self._is_valkey else self.endpoint

    @property
    def nodes(self) -> Sequence[Endpoint]:
        if self._is_valkey:
            return [self.endpoint]
        return [Endpoint(scheme="memcached", host=one, port=layout.NODE_PORT) for one in self.names.node_hosts]

    @property
    def credentials(self) -> Credentials:
        if not isinstance(self.made, Valkey):
            return Credentials(source=CredentialSource.NONE)
        return Credentials(source=CredentialSource.FILE, user=USER, password_file=self.made.password.file_name)

    @property
    def ca_file(self) -> str:
        return self.material.application_authority.file_name

    @property
    def access(self) -> LocalAccess:
        password = [self.made.password] if isinstance(self.made, Valkey) else []
        return LocalAccess(
            network_id=self._own_network,
            port=self.endpoint.port,
            secrets=[*password, self.material.application_authority],
        )

    @property
    def _is_valkey(self) -> bool:
        return self.args.engine is Engine.VALKEY

    def _proxy(self, port: int) -> Endpoint:
        return Endpoint(scheme="rediss", host=self.names.host("proxy"), port=port)

    def _made(
        self, placement: LocalPlacement, settings: LocalSettings
    ) -> tuple[Valkey | Sequence[docker.Service], Material]:
        make = valkey if self._is_valkey else memcached
        return make(
            self,
            self.args,
            names=self.names,
            placement=placement,
            own_network=self._own_network,
            settings=settings,
        )
