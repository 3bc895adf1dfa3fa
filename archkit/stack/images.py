"""Images, built before a deployment; for nodes that cannot build, copied from this machine's daemon into every zone."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import docker
from docker.errors import BuildError, DockerException, ImageNotFound

from archkit import console
from archkit.errors import UserError
from archkit.graph import Graph
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
        tag: `localhost/archkit/web:0f3a`, the hash of its content.
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
    return recipes_of(project, record(program({**config, "archkit:local": local}), stack=name))


def recipes_of(project: Project, graph: Graph) -> list[Recipe]:
    """The images that a graph builds on the machine's own daemon."""
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
    return list({one.tag: one for one in found}.values())


def ensure_built(daemon: docker.DockerClient, *wanted: Recipe) -> None:
    """Every image is on the daemon, so that one that does not build stops a deployment before it began.

    The engine would find that out when half of the stack is made. It builds them again, from the daemon's cache.

    Raises:
        UserError: Some do not build; each with the last lines of its build.

    """
    missing = [one for one in wanted if not _has(daemon, one.tag)]
    if not missing:
        return
    with console.step(f"building {', '.join(one.tag for one in missing)}"), ThreadPoolExecutor() as pool:
        problems = [problem for problem in pool.map(partial(_built, daemon), missing) if problem]
    if problems:
        raise UserError.of(problems)


def ensure_on_zones(project: Project, name: str, config: Mapping[str, Any]) -> None:
    """Every image that the stack needs is in every zone that is on.

    Raises:
        UserError: One does not build; the last lines of the build.

    """
    own = client()
    wanted = recipes(project, name, config)
    ensure_built(own, *wanted)
    with console.step(f"images of {name} in every zone"):
        images.spread(Lab(), [recipe.tag for recipe in wanted], own)


def _has(daemon: docker.DockerClient, tag: str) -> bool:
    try:
        daemon.images.get(tag)
    except ImageNotFound:
        return False
    return True


def _built(daemon: docker.DockerClient, recipe: Recipe) -> str | None:
    """Builds one image; what is wrong with it, where something is."""
    try:
        daemon.images.build(
            path=str(recipe.folder),
            dockerfile=recipe.dockerfile,
            tag=recipe.tag,
            buildargs=recipe.arguments,
            labels=recipe.labels,
            rm=True,
            forcerm=True,  # the step that failed, too
        )
    except BuildError as error:
        said = [text(mapping(line).get("stream") or mapping(line).get("error")).strip() for line in error.build_log]
        last = "\n".join(f"  {line}" for line in [one for one in said if one][-_LINES:])
        return f"image {recipe.tag}: must build, got {error.msg}; last lines of the build:\n{last}"
    except (DockerException, OSError) as error:
        return f"image {recipe.tag}: must build, got {error}"
    return None
