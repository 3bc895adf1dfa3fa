"""A cache in the data subnets."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.access import on_same_target
from components.access.aws import AwsAccess, AwsPlacement, AwsReachable
from components.aws.data_group import data_group
from components.cache.aws import alarms
from components.cache.aws.memcached import PORT as MEMCACHED_PORT
from components.cache.aws.memcached import memcached
from components.cache.aws.problems import problems
from components.cache.aws.users import user_id
from components.cache.aws.valkey import PORT as VALKEY_PORT
from components.cache.aws.valkey import Valkey, valkey
from components.cache.contract import Cache, CacheArgs, Engine
from components.connect import Endpoint
from components.credentials import Credentials, CredentialSource
from components.errors import refuse
from components.network.contract import Network
from components.settings import AwsSettings

PUBLIC_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"  # Debian's hold Amazon's, who signs for ElastiCache


class AwsCache(Cache, AwsReachable):
    """ElastiCache: a replication group of Valkey, or a cluster of Memcached.

    Cost: nodes by the hour, the key by the month; nothing for traffic within a zone.
    """

    def __init__(
        self,
        name: str,
        args: CacheArgs,
        *,
        settings: AwsSettings,
        network: Network,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse(problems(name, args, settings))
        super().__init__("archkit:aws:Cache", name, None, opts)
        self._args = args
        self._settings = settings
        placement = on_same_target(AwsPlacement, network, wanted_by=f"cache {name!r}", role="network", target="aws")
        self.group = data_group(self, "guard", placement.vpc_id)
        self.made = self._made(placement)
        self._alarms()
        self.register_outputs({"capability": "cache", "links": [], "only_grows": dict(args.only_grows)})

    @property
    def endpoint(self) -> Endpoint:
        if not isinstance(self.made, Valkey):
            return self.nodes[0]
        group = self.made.group
        sharded = self._settings.cache.shards > 1
        host = group.configuration_endpoint_address if sharded else group.primary_endpoint_address
        return Endpoint(scheme="rediss", host=host, port=VALKEY_PORT)

    @property
    def reader(self) -> Endpoint:
        if isinstance(self.made, Valkey) and self._settings.cache.shards == 1:
            return Endpoint(scheme="rediss", host=self.made.group.reader_endpoint_address, port=VALKEY_PORT)
        return self.endpoint  # a cluster client asks each shard for its replicas by itself

    @property
    def nodes(self) -> Sequence[Endpoint]:
        if isinstance(self.made, Valkey):
            return [self.endpoint]
        found = self.made.cache_nodes
        return [
            Endpoint(scheme="memcached", host=found[number].address.apply(lambda host: host or ""), port=MEMCACHED_PORT)
            for number in range(self._args.effective_nodes)
        ]

    @property
    def credentials(self) -> Credentials:
        if not isinstance(self.made, Valkey):
            return Credentials(source=CredentialSource.NONE)
        return Credentials(
            source=CredentialSource.IAM,
            user=user_id(self.component_name),
            region=self._settings.region,
            identity=self.made.group.replication_group_id,
        )

    @property
    def ca_file(self) -> str:
        return PUBLIC_AUTHORITIES

    @property
    def access(self) -> AwsAccess:
        if not isinstance(self.made, Valkey):
            return AwsAccess(security_group_id=self.group.id, port=MEMCACHED_PORT)
        connect = {
            "Effect": "Allow",
            "Action": "elasticache:Connect",
            "Resource": [self.made.group.arn, self.made.user.arn],
        }
        return AwsAccess(security_group_id=self.group.id, port=VALKEY_PORT, statements=[connect])

    def _made(self, placement: AwsPlacement) -> "Valkey | aws.elasticache.Cluster":
        make = valkey if self._args.engine is Engine.VALKEY else memcached
        return make(self, self._args, placement, self.group, self._settings)

    def _alarms(self) -> None:
        if isinstance(self.made, Valkey):
            shards, replicas = self._settings.cache.shards, self._args.effective_replicas
            members = alarms.member_ids(self.made.group.replication_group_id, shards, replicas)
            alarms.valkey_alarms(self, members, self._settings)
        else:
            alarms.memcached_alarms(self, self.made.cluster_id, self._args.effective_nodes, self._settings)
