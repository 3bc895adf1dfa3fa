"""What the templates show, and the files that come of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.access.archive import TIMEOUT_SECONDS
from components.database.contract import DATABASE, MAX_REPLICAS, USER, DatabaseArgs, Durability
from components.database.local import layout
from components.database.local.layout import Layout
from components.secrets import Derived, scram_verifier
from components.size import Size
from components.templating import render

STOP_SECONDS = 8  # of the proxy: how long sessions may last once it is told to stop
_LAG_MEGABYTES = 16  # one segment of the log
_POOL_SIZE = 20


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What one member may use, in megabytes.

    Args:
        limit: The container's; beyond it a process is killed.
        shared_buffers: A quarter of it, as PostgreSQL's manual says.

    """

    limit: int
    shared_buffers: int


MEMORY = {
    Size.SMALL: Memory(limit=320, shared_buffers=64),
    Size.MEDIUM: Memory(limit=1024, shared_buffers=256),
    Size.LARGE: Memory(limit=4096, shared_buffers=1024),
}


@dataclass(frozen=True, kw_only=True)
class PatroniView:
    """What `patroni.yml.j2` shows."""

    name: str
    scope: str
    member: str
    host: str
    etcd_hosts: Sequence[str]
    database: str
    roles: Sequence[str]
    dynamic: str
    parameters: Mapping[str, str]
    authority: str = layout.AUTHORITY_FILE
    certificate: str = layout.CERTIFICATE_FILE
    common_name: str = layout.COMMON_NAME
    data_directory: str = layout.DATA_DIRECTORY


@dataclass(frozen=True, kw_only=True)
class RolesView:
    """What `roles.sql.j2` shows: roles with what PostgreSQL keeps of their passwords."""

    name: str
    database: str
    owner: str
    roles: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ProxyView:
    """What `haproxy.cfg.j2` shows."""

    name: str
    members: str
    slots: int = MAX_REPLICAS + 1
    authority: str = layout.AUTHORITY_FILE
    common_name: str = layout.COMMON_NAME
    writer_port: int = layout.WRITER_PORT
    reader_port: int = layout.READER_PORT
    internal_port: int = layout.PROXY_INTERNAL_PORT
    stop_seconds: int = STOP_SECONDS
    lag_megabytes: int = _LAG_MEGABYTES


@dataclass(frozen=True, kw_only=True)
class PoolerView:
    """What `pgbouncer.ini.j2` shows."""

    name: str
    role: str
    database: str
    host: str
    port: int
    listen_port: int = layout.POOLER_PORT
    users: str = layout.USERS_FILE
    certificate: str = layout.CERTIFICATE_FILE
    authority: str = layout.AUTHORITY_FILE
    pool_size: int = _POOL_SIZE
    # Longer than a failover by lease expiry, so that who waits is served afterwards and not refused.
    wait_seconds: int = 40


def render_patroni(args: DatabaseArgs, names: Layout, part: str) -> str:
    """The text of one member's `patroni.yml`; no secret is in it."""
    return render(
        __file__,
        "patroni.yml.j2",
        PatroniView(
            name=names.component,
            scope=names.scope,
            member=part,
            host=names.host(part),
            etcd_hosts=names.etcd_hosts,
            database=DATABASE,
            roles=[USER, layout.OWNER],
            dynamic=json.dumps(bootstrap(args)),
            parameters=parameters(args),
        ),
    )


def render_shared(args: DatabaseArgs) -> str:
    """What all members share, as JSON, for a running cluster."""
    return json.dumps(dynamic(args))


def render_roles(component: str, secrets: Derived) -> str:
    """The text of `roles.sql`: the application's database and roles."""
    verifiers = {role: _verifier(secrets, role) for role in (layout.OWNER, USER)}
    return render(
        __file__,
        "roles.sql.j2",
        RolesView(name=component, database=DATABASE, owner=layout.OWNER, roles=verifiers),
    )


def render_users(secrets: Derived) -> str:
    """The text of the pooler's `users.txt`: the verifier that PostgreSQL has, to the letter.

    It checks clients by it, and logs in to PostgreSQL by the key that a client's login has proved: the password itself
    is not there, and need not be hashed 4096 times at each login, which took the pooler's one thread 14 ms.
    """
    return f'"{USER}" "{_verifier(secrets, USER)}"\n'


def _verifier(secrets: Derived, role: str) -> str:
    return scram_verifier(secrets.password(role), secrets.material(f"salt {role}", 16))


def render_proxy(names: Layout) -> str:
    """The text of the proxy's `haproxy.cfg`."""
    return render(__file__, "haproxy.cfg.j2", ProxyView(name=names.component, members=names.member_alias))


def render_pooler(names: Layout, role: str, port: int) -> str:
    """The text of `pgbouncer.ini` of the pool before the writer or the reader."""
    return render(
        __file__,
        "pgbouncer.ini.j2",
        PoolerView(name=names.component, role=role, database=DATABASE, host=names.host("proxy"), port=port),
    )


def dynamic(args: DatabaseArgs) -> dict[str, Any]:
    """What all members share, in etcd: how fast a lost leader is replaced, and when a write counts as kept.

    Below ttl 20, loop_wait 1 and retry_timeout 3, which are the supported floors, a cluster was without a leader for
    seven minutes.
    """
    synchronous = args.durability is Durability.SYNCHRONOUS_QUORUM
    return {
        "ttl": 20,
        "loop_wait": 2,
        "retry_timeout": 5,
        "synchronous_mode": "quorum" if synchronous else "off",
        # Strict: with no replica left a write waits, instead of being acknowledged by the writer alone.
        "synchronous_mode_strict": synchronous,
        "synchronous_node_count": 1,
        "postgresql": {
            "use_pg_rewind": True,
            "use_slots": True,
            "parameters": {
                "max_connections": 100,
                # The same for 1 to 15 replicas: another replica restarts no member that runs.
                "max_wal_senders": 24,
                "max_replication_slots": 24,
                "wal_level": "replica",
                # On from the start, since a change of it restarts every member.
                "archive_mode": "on",
                "archive_timeout": TIMEOUT_SECONDS,
            },
        },
    }


def bootstrap(args: DatabaseArgs) -> dict[str, Any]:
    """What members share when a cluster is made: segments of the log are let go until a repository is ready for them.

    Not part of what a running cluster is told at each change of role: that would switch archiving off again.
    """
    shared = dynamic(args)
    shared["postgresql"]["parameters"]["archive_command"] = "/bin/true"
    return shared


def parameters(args: DatabaseArgs) -> dict[str, str]:
    """PostgreSQL's parameters of each member: what the design says, and what the kit keeps."""
    buffers = MEMORY[args.size].shared_buffers
    return {
        "shared_buffers": f"{buffers}MB",
        "effective_cache_size": f"{buffers * 2}MB",
        "max_wal_size": "512MB",
        "huge_pages": "off",
        "jit": "off",
        **args.effective_parameters,
        "unix_socket_directories": layout.SOCKET_DIRECTORY,
        "password_encryption": "scram-sha-256",
        "ssl": "on",
        "ssl_cert_file": layout.CERTIFICATE_FILE,
        "ssl_key_file": layout.CERTIFICATE_FILE,
        "ssl_ca_file": layout.AUTHORITY_FILE,
        # A replica that is cut off must not be taken for one that confirms.
        "wal_sender_timeout": "10s",
        "wal_receiver_timeout": "10s",
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
        "log_connections": "off",
        "log_checkpoints": "off",
    }
