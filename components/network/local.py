"""The network as overlay networks of a swarm, one for each component that accepts connections."""

from collections.abc import Sequence

import pulumi
import pulumi_docker as docker

from components.access.local import LocalPlacement
from components.errors import refuse
from components.naming import Kind, docker_name, fixed
from components.network.contract import Network, NetworkArgs
from components.settings import LocalSettings
from components.swarm import labels

FEWEST_ZONES = 3  # with two, the loss of one takes half of everything and every majority


class LocalNetwork(Network, LocalPlacement):
    """Overlay networks: who has joined a component's network can connect to it, nobody else.

    A link joins the linked service to the network of what it is linked to, as a rule of a security group lets it in on
    AWS. The networks are made on demand, each for the component that asks.
    """

    def __init__(
        self, name: str, args: NetworkArgs, *, settings: LocalSettings, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("archkit:local:Network", name, None, opts)
        zones = settings.zones[: args.zones]
        self._zones = zones if len(zones) >= FEWEST_ZONES else ()
        self.overlays: dict[str, docker.Network] = {}
        self.register_outputs({"capability": "network", "links": [], "zones": list(self._zones)})

    @property
    def zones(self) -> Sequence[str]:
        return self._zones

    def overlay(self, component: str, *, internal: bool) -> pulumi.Output[str]:
        name = docker_name(component)
        refuse([fixed(f"network/{self.component_name}/{component}", name, Kind.DOCKER_SERVICE)])
        made = docker.Network(
            self.part(component),
            name=name,
            driver="overlay",
            # Drills and fences cut a container off by `docker network disconnect`, which needs an attachable one.
            attachable=True,
            internal=internal,
            labels=[
                docker.NetworkLabelArgs(label=key, value=value) for key, value in labels(component, "network").items()
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.overlays[component] = made
        return made.id
