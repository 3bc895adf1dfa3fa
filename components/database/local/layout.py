"""Who is called what: names of servers, ports and files, in one place for templates and services."""

from dataclasses import dataclass

from components.database.contract import MAX_REPLICAS
from components.naming import docker_name

ETCD_MEMBERS = 3  # one may be lost; a cluster of five survives two, which a database with one zone less does not
ETCD_PORT, ETCD_PEER_PORT, ETCD_METRICS_PORT = 2379, 2380, 2381
POSTGRESQL_PORT, PATRONI_PORT = 5432, 8008
WRITER_PORT, READER_PORT, PROXY_INTERNAL_PORT = 5432, 5433, 8404
POOLER_PORT = 5432
COMMON_NAME = "member"  # the name on every member's certificate, besides its own
OWNER = "owner"  # the role that migrations connect as: owns the schema, and is no superuser

AUTHORITY_FILE = "/run/secrets/ca.pem"
CERTIFICATE_FILE = "/run/secrets/certificate.pem"
ROLES_FILE = "/run/secrets/roles.sql"
USERS_FILE = "/run/secrets/users.txt"
DATA_VOLUME = "/var/lib/postgresql/member"  # as the image has it
DATA_DIRECTORY = f"{DATA_VOLUME}/data"
SOCKET_DIRECTORY = "/tmp"  # noqa: S108 - the container's own
ETCD_VOLUME = "/var/lib/etcd-member"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The names of one database's servers.

    Args:
        component: The design's name for it.
        members: How many hold data: the writer and its replicas.

    """

    component: str
    members: int

    @property
    def scope(self) -> str:
        """Patroni's name for the cluster; its keys in etcd are below `/archkit/<scope>/`."""
        return docker_name(self.component)

    @property
    def member_parts(self) -> list[str]:
        """`member-1`, `member-2`, ..."""
        return [f"member-{number}" for number in range(1, self.members + 1)]

    @property
    def etcd_parts(self) -> list[str]:
        """`etcd-1`, ..."""
        return [f"etcd-{number}" for number in range(1, ETCD_MEMBERS + 1)]

    def host(self, part: str) -> str:
        """The DNS name of a server, and its service's name."""
        return docker_name(f"{self.component}-{part}")

    @property
    def member_hosts(self) -> list[str]:
        """Where data members answer."""
        return [self.host(part) for part in self.member_parts]

    @property
    def possible_member_hosts(self) -> list[str]:
        """Of all members that there can be: who is told these is not changed by another replica."""
        return [self.host(f"member-{number}") for number in range(1, MAX_REPLICAS + 2)]

    @property
    def member_alias(self) -> str:
        """The one name under which all data members are listed on their network."""
        return self.host("members")

    @property
    def etcd_hosts(self) -> list[str]:
        """Where etcd answers."""
        return [self.host(part) for part in self.etcd_parts]

    @property
    def etcd_network(self) -> str:
        """The name of the network of members and etcd, without the stack's."""
        return f"{self.component}-etcd"

    @property
    def longest_name(self) -> str:
        """The longest of all names, for the limit that DNS sets."""
        return max([*self.member_hosts, *self.etcd_hosts, self.host("controller")], key=len)
