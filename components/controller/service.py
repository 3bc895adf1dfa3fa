"""How a program of the kit that holds the Docker socket is run: one on each node, and nothing else in its container."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_docker as docker

from components.access.local import LocalSecret
from components.controller.agent.docker_api import SOCKET
from components.controller.agent.server import PORT
from components.health import http_check
from components.images import ROOT
from components.naming import docker_name
from components.servers import mounted
from components.swarm import container_labels, duration, log_driver, service_labels

ROLE = "controller"
HOST_SOCKET = "/var/run/docker.sock"
MEMORY_MEGABYTES = 96
FOLDER = ROOT / "components" / "controller" / "agent"
USER = "0:0"


@dataclass(frozen=True, kw_only=True)
class Agent:
    """A program of the controller's image.

    Args:
        component: The design's name for what it belongs to.
        part: Its name within the component; empty where the component is nothing else.
        image: The controller's.
        module: What it runs: `components.controller.agent`.
        network: Id of the only network that it joins.
        environment: Variables; no secrets.
        secrets: Secret files.
        replaced: Whether the swarm starts another where one ends.

    """

    component: str
    part: str
    image: pulumi.Input[str]
    module: str
    network: pulumi.Input[str]
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    secrets: Sequence[LocalSecret] = ()
    replaced: bool = True

    @property
    def name(self) -> str:
        """Its service's."""
        return docker_name(f"{self.component}-{self.part}" if self.part else self.component)


def agent(
    parent: pulumi.Resource, logical_name: str, given: Agent, *, after: Sequence[pulumi.Resource] = ()
) -> docker.Service:
    """The service: the socket, one network, no capability, a read-only root."""
    return docker.Service(
        logical_name,
        name=given.name,
        labels=service_labels(given.component, ROLE),
        mode=docker.ServiceModeArgs(global_=True),
        task_spec=docker.ServiceTaskSpecArgs(
            container_spec=_container(given),
            networks_advanceds=[docker.ServiceTaskSpecNetworksAdvancedArgs(id=given.network)],
            resources=docker.ServiceTaskSpecResourcesArgs(
                limits=docker.ServiceTaskSpecResourcesLimitsArgs(memory_bytes=MEMORY_MEGABYTES * 1024 * 1024)
            ),
            restart_policy=docker.ServiceTaskSpecRestartPolicyArgs(
                condition="any" if given.replaced else "none", delay="1s", window="0s"
            ),
            log_driver=log_driver(),
        ),
        endpoint_spec=docker.ServiceEndpointSpecArgs(mode="dnsrr"),
        update_config=docker.ServiceUpdateConfigArgs(
            order="stop-first", failure_action="rollback", monitor=duration(5000)
        ),
        rollback_config=docker.ServiceRollbackConfigArgs(order="stop-first", monitor="0s"),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )


def _container(given: Agent) -> docker.ServiceTaskSpecContainerSpecArgs:
    return docker.ServiceTaskSpecContainerSpecArgs(
        image=given.image,
        commands=["python3", "-m", given.module],
        env=dict(given.environment),
        mounts=[
            docker.ServiceTaskSpecContainerSpecMountArgs(type="bind", source=HOST_SOCKET, target=SOCKET, read_only=True)
        ],
        secrets=[mounted(one, user=USER) for one in given.secrets],
        healthcheck=http_check(PORT, "/healthz", start_seconds=10),
        # Owns the socket on every host; the group that may use it has another number on each. Whoever has the
        # socket has the node, whatever its user: hence no other program, network or way in.
        user=USER,
        read_only=True,
        cap_drops=["ALL"],
        init=True,
        # It ends at once; this is how long the provider waits for that before it fails a removal.
        stop_grace_period=duration(30_000),
        labels=container_labels(given.component, ROLE),
    )
