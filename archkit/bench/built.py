"""Images of a program that is deployed from memory, built before it is."""

from __future__ import annotations

from collections.abc import Callable

import docker

from archkit.recorder import record
from components.images import ROOT

IMAGE = "docker:index/remoteImage:RemoteImage"


def build_missing(daemon: docker.DockerClient, program: Callable[[], None], stack: str) -> None:
    """Builds what a deployment would build by itself from a checkout's program folder.

    Args:
        daemon: Where.
        program: The design, with settings that let it build.
        stack: The stack's name.

    """
    for resource in record(program, stack=stack).of_type(IMAGE):
        build, tag = resource.inputs["build"], resource.inputs["name"]
        if not daemon.images.list(name=tag):
            context = (ROOT / "stacks" / build["context"]).resolve()
            daemon.images.build(
                path=str(context), tag=tag, dockerfile=build["dockerfile"], buildargs=build["buildArgs"], rm=True
            )
