"""Data of servers that the kit runs itself: a volume for each, which outlives container, service and stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_docker as docker

from components.naming import docker_name
from components.swarm import labels


@dataclass(frozen=True, kw_only=True)
class Volume:
    """Data that outlives the container, the service and the stack.

    Args:
        name: The same at every run: `web-local-orders-member-1`.
        path: Where it is mounted; an image's folder with the right owner.
        resource: It, where it is one of the stack; None where each node makes its own.
        options: Of Docker's own driver: `{"size": "2048m"}`.

    """

    name: str
    path: str
    resource: docker.Volume | None
    options: Mapping[str, str] = field(default_factory=dict[str, str])


def member_volume(
    parent: pulumi.Resource,
    logical_name: str,
    component: str,
    part: str,
    path: str,
    *,
    one_node: bool,
    megabytes: int | None = None,
) -> Volume:
    """The volume of one member.

    Args:
        parent: Its component.
        logical_name: Pulumi's.
        component: The design's name for what it belongs to.
        part: The member's: `member-1`.
        path: Where it is mounted.
        one_node: False where members stand on nodes of their own: each node then makes its own, under the same name and
            labels, when the member first starts there; the provider only knows one node.
        megabytes: The most that it holds, which is part of its name, since Docker cannot change it: a new size is a new
            volume, filled anew by its member. Docker's driver keeps it on XFS with project quotas only, and refuses it
            elsewhere. None: as much as the node's disk.

    """
    name = docker_name(f"{component}-{part}" if megabytes is None else f"{component}-{part}-{megabytes}m")
    options = {} if megabytes is None else {"size": f"{megabytes}m"}
    made = (
        docker.Volume(
            logical_name,
            name=name,
            driver_opts=options or None,
            labels=[docker.VolumeLabelArgs(label=key, value=value) for key, value in labels(component, "data").items()],
            # `archkit destroy` leaves data where it is; `--volumes` removes it by its label.
            opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=True),
        )
        if one_node
        else None
    )
    return Volume(name=name, path=path, resource=made, options=options)


def mount(volume: Volume, component: str) -> docker.ServiceTaskSpecContainerSpecMountArgs:
    """The volume in a container of its member."""
    return docker.ServiceTaskSpecContainerSpecMountArgs(
        target=volume.path,
        type="volume",
        source=volume.resource.name if volume.resource else volume.name,
        volume_options=None
        if volume.resource
        else docker.ServiceTaskSpecContainerSpecMountVolumeOptionsArgs(
            driver_name="local" if volume.options else None,
            driver_options=dict(volume.options) or None,
            labels=[
                docker.ServiceTaskSpecContainerSpecMountVolumeOptionsLabelArgs(label=key, value=value)
                for key, value in labels(component, "data").items()
            ],
        ),
    )
