"""What every database promises, whichever target runs it."""

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pulumi

from components.connect import Connectable, Endpoint
from components.credentials import Credentials, endpoint_variables
from components.errors import out_of_range, refuse, unless
from components.objectives import Objectives
from components.size import Size

DATABASE, USER = "app", "app"  # the one database of a cluster, and the role that applications connect as
VERSIONS = (17,)  # major versions that both targets have: Debian 13's, and one of Aurora's
MAX_REPLICAS = 15  # Aurora User Guide, "Replication with Amazon Aurora PostgreSQL"
# What every database has unless the design says otherwise: which statements cost most, and which were slow.
DEFAULT_PARAMETERS: Mapping[str, str] = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "top",
    "log_min_duration_statement": "250",  # milliseconds
    "log_lock_waits": "on",
    "idle_in_transaction_session_timeout": "60000",  # milliseconds; who forgets a transaction keeps vacuum from working
}
# What the kit itself sets, since a promise depends on it.
KEPT: Mapping[str, str] = {
    **dict.fromkeys(
        ("fsync", "full_page_writes", "synchronous_commit", "synchronous_standby_names"),
        "acknowledged writes would be lost; say it by `durability`",
    ),
    **dict.fromkeys(("ssl", "ssl_ca_file", "ssl_cert_file", "ssl_key_file", "rds.force_ssl"), "connections use TLS"),
    **dict.fromkeys(("archive_mode", "archive_command", "wal_level", "restore_command"), "backups need it as it is"),
    **dict.fromkeys(("listen_addresses", "port", "hot_standby", "primary_conninfo"), "replication needs it as it is"),
    "password_encryption": "passwords are kept as scram-sha-256",
}
_PARAMETER = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")


class Durability(StrEnum):
    """When a write is acknowledged.

    `synchronous-quorum`: when it is on enough replicas that the loss of the writer, or of a zone, loses nothing.
    `asynchronous`: when the writer has it; faster, and what no replica had yet is lost with it. On local only.
    """

    SYNCHRONOUS_QUORUM = "synchronous-quorum"
    ASYNCHRONOUS = "asynchronous"


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """PostgreSQL with a writer and replicas that serve reads; one of them takes over where the writer is lost.

    Args:
        size: Vertical scaling, of each member.
        replicas: Members besides the writer, 1 to 15: horizontal scaling of reads. Two survive the loss of a zone
            and still have one to fail over to.
        durability: When a write is acknowledged.
        pooling: Connections of applications share those of the database, so that many replicas of a service do not
            exhaust it. Pooled by the transaction: no session locks, no `SET` that outlives one; migrations go past it.
        parameters: Of PostgreSQL, over the defaults: `pg_stat_statements` and the log of statements above 250 ms.
        version: Major version of PostgreSQL; it only grows.
        objectives: What it promises, and what drills hold it to.

    Raises:
        InvalidArgsError: Every field out of range and every contradiction, one line each.

    """

    size: Size = Size.SMALL
    replicas: int = 2
    durability: Durability = Durability.SYNCHRONOUS_QUORUM
    pooling: bool = True
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    version: int = 17
    objectives: Objectives = field(default_factory=Objectives)

    def __post_init__(self) -> None:
        known = ", ".join(map(str, VERSIONS))
        refuse(
            [
                out_of_range(
                    "database/replicas",
                    self.replicas,
                    1,
                    MAX_REPLICAS,
                    "a replicated database needs a replica to fail over to, and none has more",
                ),
                unless(
                    self.version in VERSIONS,
                    f"database/version: must be {known}, got {self.version}; every target has it, "
                    "and data of a newer version cannot be read by an older one",
                ),
                *self._parameter_problems(),
                unless(
                    self.durability is not Durability.ASYNCHRONOUS or self.objectives.recovery_point_seconds != 0,
                    f"database/durability: must be {Durability.SYNCHRONOUS_QUORUM} where "
                    f"objectives/recovery_point_seconds is 0, got {self.durability}; "
                    "what no replica has yet is lost with the writer",
                ),
            ]
        )

    @property
    def effective_parameters(self) -> dict[str, str]:
        """The defaults, and what the design says over them."""
        return {**DEFAULT_PARAMETERS, **self.parameters}

    def _parameter_problems(self) -> Iterator[str | None]:
        for name, value in self.parameters.items():
            path = f"database/parameters/{name}"
            yield unless(
                _PARAMETER.fullmatch(name),
                f"{path}: must be a parameter's name, got {name!r}; lower-case letters, digits, underscores, one dot",
            )
            yield unless(name not in KEPT, f"{path}: must be left to the kit, got {value!r}; {KEPT.get(name)}")
            yield unless(
                value.isprintable() and "'" not in value and "\\" not in value,
                f"{path}: must be one line without quotes and backslashes, got {value!r}; it is written into a file",
            )


class Database(Connectable):
    """PostgreSQL with replicas; `DatabaseArgs` says what it promises. Its `endpoint` is the writer's."""

    @property
    @abstractmethod
    def reader(self) -> Endpoint:
        """Where replicas answer: reads only, behind the writer by the replication's lag."""

    @property
    @abstractmethod
    def migration(self) -> Endpoint:
        """Where the writer answers past any pool: for schema changes, whose locks last as long as a session."""

    @property
    @abstractmethod
    def credentials(self) -> Credentials:
        """How linked applications prove who they are."""

    @property
    @abstractmethod
    def ca_file(self) -> str:
        """Path in a linked application's container: who has to have signed the certificate of writer and reader."""

    @property
    def user(self) -> str:
        """As whom applications connect: a role that owns nothing but what migrations gave it."""
        return USER

    @property
    def variables(self) -> Mapping[str, pulumi.Input[str]]:
        return {
            **endpoint_variables("READER", self.reader),
            "DATABASE": DATABASE,
            "CA_FILE": self.ca_file,
            **self.credentials.variables,
        }
