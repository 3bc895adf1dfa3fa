"""What an instance does at its first start: runs the container under systemd."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.service.contract import ServiceArgs
from components.templating import render

MAX_BYTES = 16 * 1024  # EC2 guide, "Run commands at launch": user data before it is base64-encoded


@dataclass(frozen=True, kw_only=True)
class Instance:
    """What an instance of a service is told.

    Args:
        name: The component's.
        image: What to run, by digest.
        registry: Where it is pulled from.
        credential_helper: True: the registry is Amazon ECR, which asks for the role's credentials.
        port: On which the container answers, and the instance with it.
        memory_mebibytes: What the container may use.
        stop_seconds: How long it may take to end after SIGTERM.
        region: Where the log is.
        log_group: The log's name.
        variables: The application's environment.

    """

    name: str
    image: str
    registry: str
    credential_helper: bool
    port: int
    memory_mebibytes: int
    stop_seconds: int
    region: str
    log_group: str
    variables: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class _CloudConfig:
    name: str
    registry: str
    credential_helper: bool
    environment: tuple[str, ...]
    unit: str
    instance_script: str


def application_environment(args: ServiceArgs) -> dict[str, str]:
    """What every application of the kit is told, and what the design adds; the zone and the replica's name come later.

    The load balancer has sent the last request before a replica is told to stop, so it need not serve on, unready.
    """
    return {
        "ARCHKIT_UNREADY_SECONDS": "0",
        "ARCHKIT_GRACE_SECONDS": str(args.drain_seconds),
        **args.environment,
        "PORT": str(args.port),  # where the target group asks; a design says it by `port`
    }


def render_unit(instance: Instance) -> str:
    """The systemd unit that keeps the container running."""
    return render(__file__, "archkit.service.j2", instance)


def render_instance_script(instance: Instance) -> str:
    """The script that asks the metadata service, version 2, for the zone and the instance's id."""
    return render(__file__, "instance.sh.j2", instance)


def render_user_data(instance: Instance) -> str:
    """The cloud-init document, as text."""
    view = _CloudConfig(
        name=instance.name,
        registry=instance.registry,
        credential_helper=instance.credential_helper,
        environment=tuple(f"{key}={value}" for key, value in sorted(instance.variables.items())),
        unit=render_unit(instance).rstrip("\n"),
        instance_script=render_instance_script(instance).rstrip("\n"),
    )
    return render(__file__, "user-data.yaml.j2", view)
