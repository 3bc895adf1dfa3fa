"""Servers that the kit runs itself in a swarm: one member each, with its own volume, files and secrets."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_docker as docker

from components.access.local import LocalSecret
from components.controller.agent.placing import SPREAD
from components.naming import docker_name
from components.settings import LocalSettings
from components.swarm import USER, container_labels, duration, labels, log_driver, service_labels, temporary_files
from components.volumes import Volume, mount

_MEGABYTE = 1024 * 1024
# The provider asks this often whether a service runs; its own default of 7 s would add up over members in a row.
_ASK_MILLISECONDS = 1000


# For servers that ask for each other by name. One that is gone is not in the swarm's DNS, and Docker would ask
# the host's, which takes a second and more where that cannot tell. With `ndots` given it does not, for a name
# without a dot (libnetwork, `resolver.go`: `NdotsSet`). And whoever does not answer is asked once.
PEERS = ("ndots:1", "timeout:1", "attempts:1")


@dataclass(frozen=True, kw_only=True)
class Server:
    """One service of a swarm that runs a server of the kit.

    Args:
        component: The design's name for what it belongs to.
        role: Its label `archkit.role`: `member`, `proxy`.
        part: Its name within the component: `member-1`.
        image: What it runs.
        command: Its arguments in full.
        networks: Ids of the networks that it joins.
        aliases: More names that it has on the first of them.
        megabytes: The most memory that it may use.
        check: Its health check; None where nobody waits for it.
        environment: Variables; no secrets.
        files: Configuration by absolute path.
        secrets: Secret files.
        temporary: Memory to write to: path and megabytes.
        volume: Its data.
        beside: Its replacement starts before it ends, since two may run at once: never with a volume.
        zone: The one it stands in; empty where it may stand anywhere.
        spread: Its replicas stand in different zones.
        replicas: How many run; more than one only without a volume.
        stop_seconds: How long it may take to end by itself; the provider waits no longer for that before it fails a
            removal, so leave room for a busy machine.
        stop_signal: How it is told to; empty for SIGTERM.
        after: What must be up before it is made or changed.
        resolver: Options of its resolver (resolv.conf), as `PEERS`.

    """

    component: str
    role: str
    part: str
    image: pulumi.Input[str]
    command: Sequence[str]
    networks: Sequence[pulumi.Input[str]]
    megabytes: int
    check: docker.ServiceTaskSpecContainerSpecHealthcheckArgs | None
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    files: Mapping[str, docker.ServiceConfig] = field(default_factory=dict[str, docker.ServiceConfig])
    secrets: Sequence[LocalSecret] = ()
    temporary: Mapping[str, int] = field(default_factory=dict[str, int])
    volume: Volume | None = None
    beside: bool = False
    zone: str = ""
    spread: bool = False
    replicas: int = 1
    stop_seconds: int = 30
    stop_signal: str = ""
    after: Sequence[pulumi.Resource] = ()
    aliases: Sequence[str] = ()
    resolver: Sequence[str] = ()


def serve(parent: pulumi.Resource, logical_name: str, server: Server) -> docker.Service:
    """The service: no privilege, a read-only root, replaced where it stands, never two at one volume."""
    order = "start-first" if server.beside else "stop-first"
    return docker.Service(
        logical_name,
        name=docker_name(f"{server.component}-{server.part}"),
        labels=service_labels(server.component, server.role),
        mode=docker.ServiceModeArgs(replicated=docker.ServiceModeReplicatedArgs(replicas=server.replicas)),
        task_spec=_task(server),
        endpoint_spec=docker.ServiceEndpointSpecArgs(mode="dnsrr"),
        update_config=docker.ServiceUpdateConfigArgs(
            order=order, parallelism=1, failure_action="rollback", monitor=duration(5000)
        ),
        rollback_config=docker.ServiceRollbackConfigArgs(order=order, parallelism=1, monitor="0s"),
        converge_config=docker.ServiceConvergeConfigArgs(delay=duration(_ASK_MILLISECONDS), timeout=duration(180_000)),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(server.after)),
    )


def in_turn(settings: LocalSettings, *before: pulumi.Resource) -> Sequence[pulumi.Resource]:
    """What a server waits for: who is before it, so that a change takes one at a time; nothing where none runs yet.

    The provider looks after 1, 6, 16 and then every 10 seconds whether a service runs (a second of delay, then its own
    steps): a dozen servers that wait for one another would take minutes, of which they need seconds.
    """
    return () if settings.first else before


def file(parent: pulumi.Resource, logical_name: str, component: str, text: str) -> docker.ServiceConfig:
    """A file that everyone may read. A new content is a new one, beside the old while that is in use."""
    return docker.ServiceConfig(
        logical_name,
        data_raw=text,
        labels=[
            docker.ServiceConfigLabelArgs(label=key, value=value)
            for key, value in labels(component, "configuration").items()
        ],
        opts=pulumi.ResourceOptions(parent=parent),
    )


def secret(
    parent: pulumi.Resource, logical_name: str, component: str, text: pulumi.Output[str], file_name: str
) -> LocalSecret:
    """A file that only who is given it may read: encrypted in the state and in the swarm, in memory in a container."""
    made = docker.Secret(
        logical_name,
        data=pulumi.Output.secret(text.apply(lambda given: base64.b64encode(given.encode()).decode())),
        labels=[docker.SecretLabelArgs(label=key, value=value) for key, value in labels(component, "secret").items()],
        opts=pulumi.ResourceOptions(parent=parent, additional_secret_outputs=["data"]),
    )
    return LocalSecret(id=made.id, name=made.name, file_name=f"/run/secrets/{file_name}")


def mounted(given: LocalSecret, *, user: str = USER) -> docker.ServiceTaskSpecContainerSpecSecretArgs:
    """A secret as a file of the container's own user."""
    uid, gid = user.split(":")
    return docker.ServiceTaskSpecContainerSpecSecretArgs(
        secret_id=given.id,
        secret_name=given.name,
        file_name=given.file_name,
        file_uid=uid,
        file_gid=gid,
        file_mode=0o400,
    )


def _task(server: Server) -> docker.ServiceTaskSpecArgs:
    constraints = [f"node.labels.archkit.zone=={server.zone}"] if server.zone else None
    preferences = [SPREAD] if server.spread else None
    return docker.ServiceTaskSpecArgs(
        container_spec=_container(server),
        networks_advanceds=[
            docker.ServiceTaskSpecNetworksAdvancedArgs(
                id=one, aliases=list(server.aliases) if server.aliases and index == 0 else None
            )
            for index, one in enumerate(server.networks)
        ],
        resources=docker.ServiceTaskSpecResourcesArgs(
            limits=docker.ServiceTaskSpecResourcesLimitsArgs(memory_bytes=server.megabytes * _MEGABYTE)
        ),
        placement=docker.ServiceTaskSpecPlacementArgs(constraints=constraints, prefs=preferences)
        if constraints or preferences
        else None,
        restart_policy=docker.ServiceTaskSpecRestartPolicyArgs(condition="any", delay="500ms", window="0s"),
        log_driver=log_driver(),
    )


def _container(server: Server) -> docker.ServiceTaskSpecContainerSpecArgs:
    return docker.ServiceTaskSpecContainerSpecArgs(
        image=server.image,
        commands=list(server.command),
        env=dict(server.environment),
        # Known to itself under its service's name at once; to others once its health check passed.
        hostname=docker_name(f"{server.component}-{server.part}") if server.replicas == 1 else None,
        configs=[
            docker.ServiceTaskSpecContainerSpecConfigArgs(config_id=one.id, config_name=one.name, file_name=path)
            for path, one in server.files.items()
        ],
        secrets=[mounted(one) for one in server.secrets],
        mounts=_mounts(server),
        healthcheck=server.check,
        dns_config=docker.ServiceTaskSpecContainerSpecDnsConfigArgs(nameservers=[], options=list(server.resolver))
        if server.resolver
        else None,
        user=USER,
        read_only=True,
        cap_drops=["ALL"],
        # PostgreSQL as PID 1 restarted after a crash whenever a child that it had not started ended.
        init=True,
        stop_grace_period=duration(server.stop_seconds * 1000),
        stop_signal=server.stop_signal or None,
        labels=container_labels(server.component, server.role),
    )


def _mounts(server: Server) -> list[docker.ServiceTaskSpecContainerSpecMountArgs]:
    mounts = [temporary_files(path, megabytes) for path, megabytes in server.temporary.items()]
    return mounts if server.volume is None else [*mounts, mount(server.volume, server.component)]
