"""The controller: a small service of the kit in each stack that needs one."""

from dataclasses import dataclass

import pulumi
import pulumi_docker as docker

from components.access import on_same_target
from components.access.local import LocalAccess, LocalPlacement, LocalReachable
from components.connect import Connectable, Endpoint
from components.controller.agent.docker_api import SOCKET
from components.controller.agent.server import PORT
from components.errors import refuse
from components.images import ROOT, build
from components.naming import Kind, docker_name, fixed
from components.network import Network
from components.settings import LocalSettings
from components.swarm import container_labels, duration, http_check, log_driver, service_labels

NAME = "controller"
ROLE = "controller"
HOST_SOCKET = "/var/run/docker.sock"
MEMORY_MEGABYTES = 96
_AGENT = ROOT / "components" / "controller" / "agent"


@dataclass(frozen=True, kw_only=True)
class ControllerArgs:
    """What a controller can be told: nothing. What it does stands on the services that it looks after."""


class LocalController(Connectable, LocalReachable):
    """One on each node; the one on the node that leads the swarm acts.

    It holds the node's Docker socket, which no application container does. Load balancers join its network, and it
    reads their statistics there.
    """

    def __init__(
        self,
        name: str,
        args: ControllerArgs,
        *,
        settings: LocalSettings,
        network: Network,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse([fixed(f"controller/{name}", docker_name(name), Kind.DOCKER_SERVICE)])
        super().__init__("archkit:local:Controller", name, None, opts)
        self.args = args
        placement = on_same_target(
            LocalPlacement, network, wanted_by=f"controller {name!r}", role="network", target="local"
        )
        self._own_network = placement.overlay(name, internal=True)
        self.image = build(self.part("image"), "archkit/controller", _AGENT, settings, parent=self)
        self.agent = self._agent()
        self.register_outputs({"capability": "controller", "links": []})

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(scheme="http", host=f"tasks.{docker_name(self.component_name)}", port=PORT)

    @property
    def access(self) -> LocalAccess:
        return LocalAccess(network_id=self._own_network, port=PORT)

    def _agent(self) -> docker.Service:
        return docker.Service(
            self.part("agent"),
            name=docker_name(self.component_name),
            labels=service_labels(self.component_name, ROLE),
            mode=docker.ServiceModeArgs(global_=True),
            task_spec=docker.ServiceTaskSpecArgs(
                container_spec=self._container(),
                networks_advanceds=[docker.ServiceTaskSpecNetworksAdvancedArgs(id=self._own_network)],
                resources=docker.ServiceTaskSpecResourcesArgs(
                    limits=docker.ServiceTaskSpecResourcesLimitsArgs(memory_bytes=MEMORY_MEGABYTES * 1024 * 1024)
                ),
                restart_policy=docker.ServiceTaskSpecRestartPolicyArgs(condition="any", delay="1s", window="0s"),
                log_driver=log_driver(),
            ),
            endpoint_spec=docker.ServiceEndpointSpecArgs(mode="dnsrr"),
            update_config=docker.ServiceUpdateConfigArgs(
                order="stop-first", failure_action="rollback", monitor=duration(5000)
            ),
            rollback_config=docker.ServiceRollbackConfigArgs(order="stop-first", monitor="0s"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _container(self) -> docker.ServiceTaskSpecContainerSpecArgs:
        return docker.ServiceTaskSpecContainerSpecArgs(
            image=self.image.name,
            env={"ARCHKIT_STACK": pulumi.get_stack()},
            mounts=[
                docker.ServiceTaskSpecContainerSpecMountArgs(
                    type="bind", source=HOST_SOCKET, target=SOCKET, read_only=True
                )
            ],
            healthcheck=http_check(PORT, "/healthz", start_seconds=10),
            # Owns the socket on every host; the group that may use it has another number on each. Whoever has the
            # socket has the node, whatever its user: hence no other program, network or way in.
            user="0:0",
            read_only=True,
            cap_drops=["ALL"],
            init=True,
            # It ends at once; this is how long the provider waits for that before it fails a removal.
            stop_grace_period=duration(30_000),
            labels=container_labels(self.component_name, ROLE),
        )
