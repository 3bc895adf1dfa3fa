"""Who is called what: names of servers, ports and files, in one place for templates and services."""

from dataclasses import dataclass

from components.naming import docker_name

SENTINELS = 3  # one may be lost; that many for any number of members: they only vote
QUORUM = 2
MEMBER_PORT, SENTINEL_PORT = 6379, 26379
PRIMARY_PORT, READER_PORT, PROXY_INTERNAL_PORT = 6379, 6380, 8404
NODE_PORT, NODE_CHECK_PORT = 11211, 11212
COMMON_NAME = "member"  # the name on every member's certificate, besides its own

# Users of the cache's own servers; each has a password that no other server knows.
MEMBER, SENTINEL, PROBE = "member", "sentinel", "probe"

AUTHORITY_FILE = "/run/secrets/ca.pem"
CERTIFICATE_FILE = "/run/secrets/certificate.pem"
USERS_FILE = "/run/secrets/users.acl"
PASSWORD_FILE = "/run/secrets/password"  # noqa: S105 - its path
PROBE_FILE = "/run/secrets/probe.cfg"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The names of one cache's servers.

    Args:
        component: The design's name for it.
        members: Valkey: how many hold data, the primary and its replicas.
        nodes: Memcached: how many share the keys.

    """

    component: str
    members: int
    nodes: int

    @property
    def member_parts(self) -> list[str]:
        """`member-1`, `member-2`, ..."""
        return [f"member-{number}" for number in range(1, self.members + 1)]

    @property
    def sentinel_parts(self) -> list[str]:
        """`sentinel-1`, ..."""
        return [f"sentinel-{number}" for number in range(1, SENTINELS + 1)]

    @property
    def node_parts(self) -> list[str]:
        """`node-1`, ..."""
        return [f"node-{number}" for number in range(1, self.nodes + 1)]

    def host(self, part: str) -> str:
        """The DNS name of a server, and its service's name."""
        return docker_name(f"{self.component}-{part}")

    @property
    def member_hosts(self) -> list[str]:
        """Where data members answer."""
        return [self.host(part) for part in self.member_parts]

    @property
    def sentinel_hosts(self) -> list[str]:
        """Where Sentinels answer."""
        return [self.host(part) for part in self.sentinel_parts]

    @property
    def node_hosts(self) -> list[str]:
        """Where nodes of Memcached answer."""
        return [self.host(part) for part in self.node_parts]

    @property
    def longest_name(self) -> str:
        """The longest of all names, for the limit that DNS sets."""
        return max([*self.member_hosts, *self.sentinel_hosts, *self.node_hosts], key=len)
