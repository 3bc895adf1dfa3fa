"""What local realisations tell each other."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.credentials import Credentials


@dataclass(frozen=True, kw_only=True)
class LocalSecret:
    """A Docker secret that a linked service gets as a file.

    Args:
        id: The secret's id.
        name: Its name in the swarm.
        file_name: Absolute path in the container: `/run/secrets/orders-password`.

    """

    id: pulumi.Input[str]
    name: pulumi.Input[str]
    file_name: str


@dataclass(frozen=True, kw_only=True)
class LocalAccess:
    """How another component gets in.

    Args:
        network_id: The overlay network to join; who has not joined cannot connect.
        port: TCP port.
        secrets: What a linked service needs to be let in.

    """

    network_id: pulumi.Input[str]
    port: int
    secrets: Sequence[LocalSecret] = ()


class LocalReachable(ABC):
    """A component that lets linked services in."""

    @property
    @abstractmethod
    def access(self) -> LocalAccess: ...


class LocalMigratable(ABC):
    """A database whose schema a step of the deployment changes."""

    @property
    @abstractmethod
    def migration_access(self) -> LocalAccess:
        """The way in past any pool, with the secret of who owns the schema."""

    @property
    @abstractmethod
    def migration_credentials(self) -> Credentials:
        """As who owns the schema."""


class LocalPlacement(ABC):
    """The network that components are placed in: overlay networks, one for each component that accepts connections."""

    @property
    @abstractmethod
    def zones(self) -> Sequence[str]:
        """Values of the node label `archkit.zone` to spread over; empty where the swarm has fewer than three."""

    @abstractmethod
    def overlay(self, component: str, *, internal: bool) -> pulumi.Output[str]:
        """The id of a new overlay network for one component; internal: without a way out of the host."""


class LocalBackend(LocalReachable):
    """What a load balancer forwards to: found by DNS under `tasks.<service_name>`."""

    @property
    @abstractmethod
    def service_name(self) -> str: ...

    @property
    @abstractmethod
    def ready_path(self) -> str: ...

    @property
    @abstractmethod
    def maximum_replicas(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class LocalArchive:
    """Where a repository finds a database, and how both sides prove who they are; see `components.access.archive`.

    Args:
        network_id: Where members and repository meet, and nobody else.
        hosts: The members.
        data_directory: Of each member.
        socket_directory: Where PostgreSQL answers inside a member's container.
        authority: Who has to have signed the other side's certificate.
        certificate: The repository's.

    """

    network_id: pulumi.Input[str]
    hosts: Sequence[str]
    data_directory: str
    socket_directory: str
    authority: LocalSecret
    certificate: LocalSecret


class LocalRestorable(ABC):
    """A database whose members answer a repository and send it their log, once one is there."""

    @abstractmethod
    def archive(self) -> LocalArchive:
        """What its repository needs; asked once, since it makes the repository's certificate."""
