"""The swarm's service of one edge location or of the shield."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_docker as docker

from components.cdn.local.location import INTERNAL_PORT, PORT, SHIELD, STOP_SECONDS
from components.connect import Component
from components.health import http_check
from components.swarm import (
    ASK_MILLISECONDS,
    USER,
    container_labels,
    duration,
    log_driver,
    service_labels,
    temporary_files,
)

EDGES = ("a", "b")
EDGE_ROLE = "edge-location"
EDGE_CACHE_MEGABYTES, SHIELD_CACHE_MEGABYTES = 64, 128
OVERHEAD_MEGABYTES = 160  # the compiler at start, threads, HAProxy's buffers, the exporter
_FILES = {"vcl": "/etc/varnish/default.vcl", "proxy": "/etc/haproxy/haproxy.cfg"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one of the tiers' servers runs.

    Args:
        where: `a`, `b` or `shield`.
        name: The service's name in the swarm.
        published_port: Port of this machine that clients know; None: only edges come here.
        zone: The one that it is pinned to; None: wherever there is room.

    """

    where: str
    name: str
    published_port: int | None
    zone: str | None

    @property
    def edge(self) -> bool:
        """Whether clients arrive here."""
        return self.where != SHIELD

    @property
    def role(self) -> str:
        """As its label says."""
        return EDGE_ROLE if self.edge else SHIELD

    @property
    def cache_megabytes(self) -> int:
        """Memory for what is kept."""
        return EDGE_CACHE_MEGABYTES if self.edge else SHIELD_CACHE_MEGABYTES

    @property
    def order(self) -> str:
        """How it is updated: two cannot hold one port of one node."""
        return "stop-first" if self.edge else "start-first"


def service(
    cdn: Component,
    place: Place,
    *,
    image: docker.RemoteImage,
    networks: Sequence[pulumi.Input[str]],
    configurations: Mapping[str, docker.ServiceConfig],
    secrets: Mapping[str, docker.Secret],
    after: Sequence[pulumi.Resource],
) -> docker.Service:
    """Makes it.

    Args:
        cdn: The component that it belongs to.
        place: Where it runs.
        image: What it runs.
        networks: Its own, and those of the origins.
        configurations: Of Varnish (`vcl`) and of HAProxy (`proxy`).
        secrets: By file name.
        after: What must stand before it is made or changed: one location after the other, so that one always answers.

    """
    port = docker.ServiceEndpointSpecPortArgs(
        target_port=PORT,
        published_port=place.published_port,
        publish_mode="host",  # the mode `ingress` needs IPVS, and hides the client's address
        protocol="tcp",
    )
    return docker.Service(
        cdn.part(place.where),
        name=place.name,
        labels=service_labels(cdn.component_name, place.role),
        mode=docker.ServiceModeArgs(replicated=docker.ServiceModeReplicatedArgs(replicas=1)),
        task_spec=docker.ServiceTaskSpecArgs(
            container_spec=_container(cdn, place, image, configurations, secrets),
            networks_advanceds=[docker.ServiceTaskSpecNetworksAdvancedArgs(id=one) for one in networks],
            resources=docker.ServiceTaskSpecResourcesArgs(
                limits=docker.ServiceTaskSpecResourcesLimitsArgs(
                    memory_bytes=(place.cache_megabytes + OVERHEAD_MEGABYTES) * 1024 * 1024
                )
            ),
            placement=docker.ServiceTaskSpecPlacementArgs(constraints=[f"node.labels.archkit.zone=={place.zone}"])
            if place.zone
            else None,
            restart_policy=docker.ServiceTaskSpecRestartPolicyArgs(condition="any", delay="0s", window="0s"),
            log_driver=log_driver(),
        ),
        endpoint_spec=docker.ServiceEndpointSpecArgs(mode="dnsrr", ports=[port] if place.edge else None),
        update_config=docker.ServiceUpdateConfigArgs(
            order=place.order, failure_action="rollback", monitor=duration(5000)
        ),
        rollback_config=docker.ServiceRollbackConfigArgs(order=place.order, monitor="0s"),
        converge_config=docker.ServiceConvergeConfigArgs(delay=duration(ASK_MILLISECONDS), timeout=duration(120_000)),
        opts=pulumi.ResourceOptions(parent=cdn, depends_on=list(after)),
    )


def _container(
    cdn: Component,
    place: Place,
    image: docker.RemoteImage,
    configurations: Mapping[str, docker.ServiceConfig],
    secrets: Mapping[str, docker.Secret],
) -> docker.ServiceTaskSpecContainerSpecArgs:
    uid, gid = USER.split(":")
    return docker.ServiceTaskSpecContainerSpecArgs(
        image=image.name,
        env={"VARNISH_MEMORY_MEGABYTES": str(place.cache_megabytes)},
        configs=[
            docker.ServiceTaskSpecContainerSpecConfigArgs(
                config_id=made.id, config_name=made.name, file_name=_FILES[kind]
            )
            for kind, made in configurations.items()
        ],
        secrets=[
            docker.ServiceTaskSpecContainerSpecSecretArgs(
                secret_id=secret.id,
                secret_name=secret.name,
                file_name=f"/run/secrets/{file}",
                file_uid=uid,
                file_gid=gid,
                file_mode=0o400,
            )
            for file, secret in secrets.items()
        ],
        healthcheck=http_check(INTERNAL_PORT, "/healthz", start_seconds=30),
        user=USER,
        read_only=True,
        mounts=[temporary_files("/run/location", 1), temporary_files("/tmp", 16)],  # noqa: S108 - the container's
        cap_drops=["ALL"],
        init=True,
        stop_grace_period=duration((STOP_SECONDS + 2) * 1000),
        labels=container_labels(cdn.component_name, place.role),
    )
