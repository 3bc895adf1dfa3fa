"""Images for nodes that cannot build: made on this machine's own daemon, then copied into every zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.errors import BuildError, DockerException, ImageNotFound

from archkit import console
from archkit.errors import UserError
from archkit.lab import Lab, images
from archkit.plain import mapping, text
from archkit.recorder import record
from archkit.stack.docker import client
from archkit.stack.project import Project
from stacks.program import program

IMAGE = "docker:index/remoteImage:RemoteImage"
_LINES = 10


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one image is made.

    Args:
        tag: `archkit/web:0f3a`, the hash of its content.
        folder: The build's context.
        dockerfile: Below it.
        arguments: Build arguments.
        labels: Of the image.

    """

    tag: str
    folder: Path
    dockerfile: str
    arguments: dict[str, str]
    labels: dict[str, str]


def recipes(project: Project, name: str, config: Mapping[str, Any]) -> list[Recipe]:
    """The images that a stack needs, as its own program builds them where nodes can build."""
    local = {**mapping(config.get("archkit:local")), "prebuilt": False}
    graph = record(program({**config, "archkit:local": local}), stack=name)
    found: list[Recipe] = []
    for resource in graph.of_type(IMAGE):
        build = mapping(resource.inputs.get("build"))
        if build:
            # The program's folder is one below the root, and that is where the engine looks from.
            folder = (project.root / "stacks" / text(build["context"])).resolve()
            found.append(
                Recipe(
                    tag=text(resource.inputs["name"]),
                    folder=folder,
                    dockerfile=text(build.get("dockerfile") or "Dockerfile"),
                    arguments=mapping(build.get("buildArgs")),
                    labels=mapping(build.get("label")),
                )
            )
    return found


def ensure_on_zones(project: Project, name: str, config: Mapping[str, Any]) -> None:
    """Every image that the stack needs is in every zone that is on.

    Raises:
        UserError: One does not build; the last lines of the build.

    """
    own = client()
    wanted = recipes(project, name, config)
    for recipe in wanted:
        ensure_built(own, recipe)
    with console.step(f"images of {name} in every zone"):
        images.spread(Lab(), [recipe.tag for recipe in wanted], own)


def ensure_built(own: docker.DockerClient, recipe: Recipe) -> None:
    """Builds an image where the daemon has none of that tag.

    Raises:
        UserError: It does not build; the last lines of the build.

    """
    try:
        own.images.get(recipe.tag)
    except ImageNotFound:
        with console.step(f"building {recipe.tag}"):
            _build(own, recipe)


def _build(own: docker.DockerClient, recipe: Recipe) -> None:
    try:
        own.images.build(
            path=str(recipe.folder),
            dockerfile=recipe.dockerfile,
            tag=recipe.tag,
            buildargs=recipe.arguments,
            labels=recipe.labels,
            rm=True,
        )
    except BuildError as error:
        said = [text(mapping(line).get("stream") or mapping(line).get("error")).strip() for line in error.build_log]
        last = "\n".join(f"  {line}" for line in [one for one in said if one][-_LINES:])
        message = f"image {recipe.tag}: must build, got {error.msg}; last lines of the build:\n{last}"
        raise UserError(message) from error
    except DockerException as error:
        message = f"image {recipe.tag}: must build, got {error}"
        raise UserError(message) from error
