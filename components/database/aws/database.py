"""PostgreSQL as an Aurora cluster over the zones of its network."""

import pulumi

from components.access import on_same_target
from components.access.aws import AwsAccess, AwsMigratable, AwsPlacement, AwsReachable, AwsRestorable
from components.aws.data_group import data_group
from components.aws.key import customer_key
from components.connect import Endpoint
from components.credentials import Credentials, CredentialSource
from components.database.aws import identity
from components.database.aws.alarms import alarms
from components.database.aws.cluster import PORT, Surroundings, cluster, log_groups, members
from components.database.aws.parameters import cluster_parameters
from components.database.aws.problems import problems
from components.database.aws.proxy import Pool, pool
from components.database.aws.readers import reader_scaling
from components.database.aws.sizes import CLASSES
from components.database.contract import USER, Database, DatabaseArgs
from components.errors import refuse
from components.network.contract import Network
from components.profile import Profile
from components.settings import AwsSettings

SCHEME = "postgresql"
# Debian's authorities hold Amazon's, who signs the proxy's certificate; the members' are signed by RDS's own.
PUBLIC_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
RDS_AUTHORITIES = "/etc/ssl/certs/rds-global-bundle.pem"


class AwsDatabase(Database, AwsReachable, AwsRestorable, AwsMigratable):
    """An Aurora PostgreSQL cluster in the data subnets, behind an RDS Proxy where connections are pooled.

    Cost: members by the hour, storage and input/output by use, the proxy by the members' vCPUs, the key by the month.
    """

    def __init__(
        self,
        name: str,
        args: DatabaseArgs,
        *,
        settings: AwsSettings,
        network: Network,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse(problems(name, args, settings))
        super().__init__("archkit:aws:Database", name, None, opts)
        self._settings = settings
        placement = on_same_target(AwsPlacement, network, wanted_by=f"database {name!r}", role="network", target="aws")
        self.group = data_group(self, "guard", placement.vpc_id)
        self.key = customer_key(self, "key", settings=settings)
        self.cluster = cluster(self, args, placement, self._around(args), settings)
        self.members = members(self, args, placement, of=self.cluster, key=self.key, settings=settings)
        self.pool = self._pool(placement) if args.pooling else None
        reader_scaling(self, args, self.cluster, self.members, settings)
        alarms(self, self.cluster, self.members, CLASSES[args.size], settings)
        self.register_outputs(
            {
                "capability": "database",
                "links": [],
                "objectives": args.objectives.document(),
                "protected": settings.profile is Profile.PROD,
                "only_grows": {"version": args.version},
            }
        )

    @property
    def endpoint(self) -> Endpoint:
        host = self.pool.proxy.endpoint if self.pool else self.cluster.endpoint
        return Endpoint(scheme=SCHEME, host=host, port=PORT)

    @property
    def reader(self) -> Endpoint:
        host = self.pool.reader.endpoint if self.pool else self.cluster.reader_endpoint
        return Endpoint(scheme=SCHEME, host=host, port=PORT)

    @property
    def migration(self) -> Endpoint:
        return Endpoint(scheme=SCHEME, host=self.cluster.endpoint, port=PORT)

    @property
    def credentials(self) -> Credentials:
        return Credentials(source=CredentialSource.IAM, user=USER, region=self._settings.region)

    @property
    def ca_file(self) -> str:
        return PUBLIC_AUTHORITIES if self.pool else RDS_AUTHORITIES

    @property
    def access(self) -> AwsAccess:
        """The pool where there is one, else the cluster; by a token of the role, never by the master's secret."""
        group, guarded = (
            (self.pool.group, identity.proxy_resource_id(self.pool.proxy))
            if self.pool
            else (self.group, self.cluster.cluster_resource_id)
        )
        statement = identity.connect(self, guarded, self._settings)
        return AwsAccess(security_group_id=group.id, port=PORT, statements=[statement])

    @property
    def migration_access(self) -> AwsAccess:
        """The cluster, past the pool, as the master: for the step that changes the schema and makes roles."""
        decrypt = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": self.key.arn}
        secret = self.cluster.master_user_secrets[0].secret_arn.apply(lambda arn: arn or "")
        return AwsAccess(security_group_id=self.group.id, port=PORT, statements=[decrypt], secret_arn=secret)

    @property
    def migration_ca_file(self) -> str:
        return RDS_AUTHORITIES

    @property
    def cluster_arn(self) -> pulumi.Output[str]:
        return self.cluster.arn

    @property
    def key_arn(self) -> pulumi.Output[str]:
        return self.key.arn

    @property
    def subnet_group_name(self) -> pulumi.Output[str]:
        return self.cluster.db_subnet_group_name

    @property
    def restore_group_id(self) -> pulumi.Output[str]:
        return self.group.id

    def _around(self, args: DatabaseArgs) -> Surroundings:
        identifier = identity.identifier(self.component_name)
        return Surroundings(
            identifier=identifier,
            group=self.group,
            key=self.key,
            parameters=cluster_parameters(self, args),
            logs=log_groups(self, identifier, self._settings),
        )

    def _pool(self, placement: AwsPlacement) -> Pool:
        return pool(self, placement, self.cluster, self.members, guarded_by=self.group, settings=self._settings)
