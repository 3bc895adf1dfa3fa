"""What AWS, and a careful reviewer, would refuse of a service."""

from collections.abc import Iterator, Mapping, Sequence

import pulumi

from components.access.aws import AwsBackend
from components.connect import Connectable
from components.errors import unless, unsupported
from components.naming import Kind, auto_named, component_name, fixed
from components.profile import Profile
from components.service.aws.guard import GROUP
from components.service.contract import ServiceArgs
from components.settings import AwsSettings

MINIMUM_IN_PRODUCTION = 3
# Of the 16 KiB that user data may have; the template takes about 4, the addresses of links the rest.
MAX_ENVIRONMENT_BYTES = 8 * 1024


def problems(name: str, args: ServiceArgs, settings: AwsSettings, links: Sequence[Connectable]) -> Iterator[str | None]:
    """Everything that is wrong with a service on AWS, one line each."""
    path = f"service/{name}"
    yield component_name(path, name)
    yield from _names(path, name)
    yield unless(
        settings.profile is not Profile.PROD or args.capacity.minimum >= MINIMUM_IN_PRODUCTION,
        f"{path}/capacity/minimum: must be at least {MINIMUM_IN_PRODUCTION} in the prod profile, "
        f"got {args.capacity.minimum}; with one zone lost, fewer would leave a single replica",
    )
    yield from _environment(path, args.environment)
    for link in links:
        if isinstance(link, AwsBackend):
            yield no_address(link.component_name)


def no_address(name: str) -> str:
    """The problem with connecting to a service itself."""
    reason = "instances of a group have no name of their own; link to a load balancer or a queue in front of it"
    return unsupported("aws", "service", name, "endpoint", reason)


def log_group_name(name: str) -> str:
    """Where the containers' output is kept."""
    return f"/archkit/{pulumi.get_stack()}/{name}"


def _names(path: str, name: str) -> Iterator[str | None]:
    yield auto_named(path, f"{name}-targets", Kind.TARGET_GROUP)
    yield auto_named(path, f"{name}-role", Kind.IAM_ROLE)
    yield auto_named(path, f"{name}-permissions", Kind.IAM_POLICY)
    yield auto_named(path, f"{name}-profile", Kind.INSTANCE_PROFILE)
    yield auto_named(path, f"{name}-template", Kind.LAUNCH_TEMPLATE)
    yield auto_named(path, f"{name}-group", Kind.AUTO_SCALING_GROUP)
    yield auto_named(path, f"{name}-{GROUP}", Kind.SECURITY_GROUP)
    yield fixed(path, log_group_name(name), Kind.LOG_GROUP)


def _environment(path: str, environment: Mapping[str, str]) -> Iterator[str | None]:
    for key, value in environment.items():
        yield unless(
            value.isprintable(),
            f"{path}/environment/{key}: must be one line of printable characters on aws, got {value!r}; "
            "it goes through a file with one variable a line",
        )
    size = sum(len(f"{key}={value}\n".encode()) for key, value in environment.items())
    yield unless(
        size <= MAX_ENVIRONMENT_BYTES,
        f"{path}/environment: must be at most {MAX_ENVIRONMENT_BYTES} bytes on aws, got {size}; "
        "an instance is told no more than 16384 bytes at its start",
    )
