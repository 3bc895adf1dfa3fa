"""How one component reaches another: declared once, by a link."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi

from components.errors import refuse
from components.naming import component_name


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where a component answers.

    Args:
        scheme: As in a URL: `postgresql`, `amqps`, `https`.
        host: Name to resolve inside the deployment.
        port: TCP port.

    """

    scheme: str
    host: pulumi.Input[str]
    port: int

    @property
    def url(self) -> pulumi.Output[str]:
        return pulumi.Output.format("{0}://{1}:{2}", self.scheme, self.host, self.port)


class Component(pulumi.ComponentResource, ABC):
    """One capability of a design, under the name that the design gave it.

    Args:
        kind: Type token: `archkit:aws:Queue`.
        name: The design's name for it.
        props: None; components have no inputs of their own.
        opts: As of any resource.

    Raises:
        InvalidArgsError: The name is no DNS name, which it becomes on every target.

    """

    def __init__(self, kind: str, name: str, props: None = None, opts: pulumi.ResourceOptions | None = None) -> None:
        capability = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.rpartition(":")[2]).lower()
        refuse([component_name(f"{capability}/{name}", name)])
        super().__init__(kind, name, props, opts)

    @property
    def component_name(self) -> str:
        """The design's name for it: `orders`."""
        return self.pulumi_resource_name

    def part(self, role: str) -> str:
        """Logical name of one of its parts: `jobs-dead-letters`."""
        return f"{self.pulumi_resource_name}-{role}"


class Connectable(Component):
    """A component that a service may be linked to.

    A realisation adds what its target needs to let the service in: see `components.access`.
    """

    @property
    @abstractmethod
    def endpoint(self) -> Endpoint:
        """Where it answers."""

    @property
    def variables(self) -> Mapping[str, pulumi.Input[str]]:
        """What a linked service is told beyond the endpoint, without the component's name: `READER_URL`, `USER`."""
        return {}


def link_environment(links: Iterable[Connectable]) -> dict[str, pulumi.Input[str]]:
    """What a linked service is told of its links: `ORDERS_URL`, `ORDERS_HOST`, `ORDERS_PORT`, `ORDERS_READER_URL`."""
    environment: dict[str, pulumi.Input[str]] = {}
    for link in links:
        prefix = link.component_name.upper().replace("-", "_")
        environment[f"{prefix}_URL"] = link.endpoint.url
        environment[f"{prefix}_HOST"] = link.endpoint.host
        environment[f"{prefix}_PORT"] = str(link.endpoint.port)
        environment |= {f"{prefix}_{key}": value for key, value in link.variables.items()}
    return environment


def declared_links(links: Iterable[Connectable]) -> list[dict[str, pulumi.Input[str] | int]]:
    """Links as a component registers them in its outputs, for pictures and policies."""
    return [{"to": link.urn, "port": link.endpoint.port} for link in links]
