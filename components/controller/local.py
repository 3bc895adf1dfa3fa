"""The controller: a small service of the kit in each stack that needs one."""

from dataclasses import dataclass

import pulumi
import pulumi_docker as docker

from components.access import on_same_target
from components.access.local import LocalAccess, LocalPlacement, LocalReachable
from components.connect import Connectable, Endpoint
from components.controller.agent.server import PORT
from components.controller.service import FOLDER, Agent, agent
from components.errors import refuse
from components.images import build
from components.naming import Kind, docker_name, fixed
from components.network import Network
from components.settings import LocalSettings

NAME = "controller"
IMAGE = "controller"


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
        self._settings = settings
        self.image = build(self.part("image"), IMAGE, FOLDER, settings, parent=self)
        self.agent = self._agent()
        self.register_outputs({"capability": "controller", "links": []})

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(scheme="http", host=f"tasks.{docker_name(self.component_name)}", port=PORT)

    @property
    def access(self) -> LocalAccess:
        return LocalAccess(network_id=self._own_network, port=PORT)

    def _agent(self) -> docker.Service:
        return agent(
            self,
            self.part("agent"),
            Agent(
                component=self.component_name,
                part="",
                image=self.image.name,
                module="components.controller.agent",
                network=self._own_network,
                environment={"ARCHKIT_STACK": pulumi.get_stack()},
                replaced=self._settings.protection,
            ),
        )
