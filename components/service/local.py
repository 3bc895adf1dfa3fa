"""The service as a replicated service of a swarm."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import pulumi
import pulumi_docker as docker

from components.access import on_same_target
from components.access.local import LocalAccess, LocalBackend, LocalPlacement, LocalReachable, LocalSecret
from components.connect import Component, Connectable, Endpoint, declared_links, link_environment
from components.controller.agent.placing import SPREAD
from components.controller.agent.policy import Policy, Schedule
from components.controller.agent.swarm import SCALING
from components.errors import refuse
from components.health import CHECK_SECONDS, http_check
from components.image import Image
from components.naming import Kind, docker_name, fixed
from components.network import Network
from components.service.contract import Service, ServiceArgs, Size
from components.settings import LocalSettings
from components.swarm import (
    ASK_MILLISECONDS,
    USER,
    container_labels,
    duration,
    log_driver,
    service_labels,
    temporary_files,
)

T = TypeVar("T")
ROLE = "replica"
UNREADY_SECONDS = 5  # ten failed checks of the load balancer, and five times as long as it keeps an address
STOP_MARGIN_SECONDS = 5
# Replicas of a lost zone are to be healthy elsewhere within 6 s; up to 4.5 of them pass until the swarm misses its
# heartbeat. Drill: zone killed.
REPLICA_CHECK_SECONDS = 1


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that one replica gets.

    Args:
        cpus: Processors; a node that has fewer refuses the replica.
        megabytes: Memory; beyond it the replica is killed and replaced.

    """

    cpus: float
    megabytes: int


LIMITS = {
    Size.SMALL: Limits(cpus=1, megabytes=256),
    Size.MEDIUM: Limits(cpus=2, megabytes=512),
    Size.LARGE: Limits(cpus=4, megabytes=1024),
}


class LocalService(Service, LocalBackend):
    """Replicas under Swarm: health-checked, spread over the zones, replaced one by one, rolled back by themselves."""

    def __init__(
        self,
        name: str,
        args: ServiceArgs,
        *,
        settings: LocalSettings,
        network: Network,
        image: Image,
        links: Sequence[Connectable] = (),
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse([fixed(f"service/{name}", docker_name(name), Kind.DOCKER_SERVICE)])
        super().__init__("archkit:local:Service", name, None, opts)
        self.args = args
        self._after = list(after)
        self._settings = settings
        self._protected = settings.protection
        self.links = tuple(links)
        self._reachable = [self._on_target(LocalReachable, link, "link") for link in links]
        placement = self._on_target(LocalPlacement, network, "network")
        self.needs_controller = bool(placement.zones) or args.capacity.minimum < args.capacity.maximum
        self._own_network = placement.overlay(name, internal=False)
        self.replicas = self._replicas(image, placement)
        self.register_outputs({"capability": "service", "links": declared_links(links), "zones": list(placement.zones)})

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(scheme="http", host=f"tasks.{self.service_name}", port=self.args.port)

    @property
    def access(self) -> LocalAccess:
        return LocalAccess(network_id=self._own_network, port=self.args.port)

    @property
    def service_name(self) -> str:
        return docker_name(self.component_name)

    @property
    def ready_path(self) -> str:
        return self.args.health.ready_path

    @property
    def maximum_replicas(self) -> int:
        return self.args.capacity.maximum

    def _replicas(self, image: Image, placement: LocalPlacement) -> docker.Service:
        capacity = self.args.capacity
        return docker.Service(
            self.part(ROLE),
            name=self.service_name,
            labels=[*service_labels(self.component_name, ROLE), *self._policy()],
            mode=docker.ServiceModeArgs(replicated=docker.ServiceModeReplicatedArgs(replicas=capacity.minimum)),
            task_spec=self._task(image, placement),
            # Found by DNS: a virtual address needs IPVS, which not every kernel has, and balances connections only.
            endpoint_spec=docker.ServiceEndpointSpecArgs(mode="dnsrr"),
            update_config=docker.ServiceUpdateConfigArgs(
                order="start-first" if self._protected else "stop-first",
                parallelism=max(1, capacity.minimum // 3),
                failure_action="rollback" if self._protected else "continue",
                monitor=duration(CHECK_SECONDS * 4 * 1000),
            ),
            rollback_config=docker.ServiceRollbackConfigArgs(
                order="start-first", parallelism=max(1, capacity.minimum // 3), monitor="0s"
            ),
            converge_config=docker.ServiceConvergeConfigArgs(
                delay=duration(ASK_MILLISECONDS), timeout=duration((self.args.health.start_seconds + 60) * 1000)
            ),
            # Whoever scales owns the count; `options: refresh: always` in Pulumi.yaml keeps it over other changes.
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=self._after or None,
                ignore_changes=["mode.replicated.replicas"] if capacity.minimum < capacity.maximum else None,
            ),
        )

    def _policy(self) -> list[docker.ServiceLabelArgs]:
        """What the controller follows: on the service itself, where a change of it restarts nothing."""
        capacity, scaling = self.args.capacity, self.args.scaling
        if capacity.minimum == capacity.maximum:
            return []
        policy = Policy(
            minimum=capacity.minimum,
            maximum=capacity.maximum,
            cpu_percent=scaling.cpu_percent,
            requests_per_replica_per_minute=scaling.requests_per_replica_per_minute,
            warm_up_seconds=scaling.warm_up_seconds,
            scale_in=scaling.scale_in,
            scale_in_after_seconds=self._settings.scale_in_after_seconds,
            schedules=tuple(
                Schedule(name=one.name, schedule=one.schedule, minimum=one.minimum) for one in scaling.schedules
            ),
        )
        return [docker.ServiceLabelArgs(label=SCALING, value=json.dumps(policy.document(), sort_keys=True))]

    def _task(self, image: Image, placement: LocalPlacement) -> docker.ServiceTaskSpecArgs:
        limits = LIMITS[self.args.size]
        networks = [self._own_network, *(one.access.network_id for one in self._reachable)]
        return docker.ServiceTaskSpecArgs(
            container_spec=self._container(image),
            networks_advanceds=[docker.ServiceTaskSpecNetworksAdvancedArgs(id=one) for one in networks],
            resources=docker.ServiceTaskSpecResourcesArgs(
                limits=docker.ServiceTaskSpecResourcesLimitsArgs(
                    nano_cpus=round(limits.cpus * 1e9), memory_bytes=limits.megabytes * 1024 * 1024
                )
            ),
            placement=docker.ServiceTaskSpecPlacementArgs(prefs=[SPREAD]) if placement.zones else None,
            # A replica that died is replaced at once; the default waits 5 s. Longer than nothing: one that cannot start
            # would keep the swarm busy.
            restart_policy=docker.ServiceTaskSpecRestartPolicyArgs(condition="any", delay="100ms", window="0s"),
            log_driver=log_driver(),
        )

    def _container(self, image: Image) -> docker.ServiceTaskSpecContainerSpecArgs:
        return docker.ServiceTaskSpecContainerSpecArgs(
            image=image.reference,
            env=self._environment(),
            secrets=[_mounted(secret) for one in self._reachable for secret in one.access.secrets],
            healthcheck=http_check(
                self.args.port,
                self.args.health.live_path,
                start_seconds=self.args.health.start_seconds,
                every_seconds=REPLICA_CHECK_SECONDS,
            )
            if self._protected
            else None,
            user=USER,
            read_only=True,
            mounts=[temporary_files("/tmp", 16)],  # noqa: S108 - the container's own
            cap_drops=["ALL"],
            init=True,
            stop_grace_period=duration((self._drain_seconds + STOP_MARGIN_SECONDS) * 1000),
            labels=container_labels(self.component_name, ROLE),
        )

    @property
    def _drain_seconds(self) -> int:
        return self.args.drain_seconds if self._protected else 0

    def _environment(self) -> dict[str, pulumi.Input[str]]:
        unready = min(UNREADY_SECONDS, self._drain_seconds / 2)
        return {
            "PORT": str(self.args.port),
            "ARCHKIT_REPLICA": "{{.Task.Slot}}",
            "ARCHKIT_ZONE": "{{.Node.Hostname}}",
            "ARCHKIT_UNREADY_SECONDS": f"{unready:g}",
            "ARCHKIT_GRACE_SECONDS": f"{max(1, self._drain_seconds - unready):g}",
            **({} if self._protected else {"ARCHKIT_PROTECTION": "false"}),
            **self.args.environment,
            **link_environment(self.links),
        }

    def _on_target(self, kind: type[T], component: Component, role: str) -> T:
        return on_same_target(kind, component, wanted_by=f"service {self.component_name!r}", role=role, target="local")


def _mounted(secret: LocalSecret) -> docker.ServiceTaskSpecContainerSpecSecretArgs:
    uid, gid = USER.split(":")
    return docker.ServiceTaskSpecContainerSpecSecretArgs(
        secret_id=secret.id,
        secret_name=secret.name,
        file_name=secret.file_name,
        file_uid=uid,
        file_gid=gid,
        file_mode=0o400,
    )
