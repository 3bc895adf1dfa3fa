"""What local realisations tell each other."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


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
