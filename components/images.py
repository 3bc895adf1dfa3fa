"""Images built on this machine's own daemon, under a tag that is the hash of their content."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pulumi
import pulumi_docker as docker

from components.naming import IMAGES
from components.settings import LocalSettings

ROOT = Path(__file__).parent.parent
APPS = ROOT / "stacks" / "apps"
SHARED = "shared"  # below APPS: what all applications' images get
_DIGITS = 12
_PASSING = {"__pycache__"}


def build(
    logical_name: str, image: str, folder: Path, settings: LocalSettings, *, parent: pulumi.Resource
) -> docker.RemoteImage:
    """An image that is built when its tag is missing; with `prebuilt` it must be there.

    Args:
        logical_name: Pulumi's name of the resource.
        image: `haproxy`, which gives `localhost/archkit/haproxy`.
        folder: With a `Dockerfile` that takes `BASE_IMAGE`; below the project's root.
        settings: What it is built on, and whether it is built here.
        parent: The component that it belongs to.

    """
    tag = kit_tag(image, folder, settings.base_image)
    return _image(logical_name, tag, _Build(context=folder, dockerfile="Dockerfile"), settings, parent)


def build_application(
    logical_name: str, app: str, settings: LocalSettings, *, parent: pulumi.Resource
) -> docker.RemoteImage:
    """The image of one of the applications, with what all of them share.

    The build's context is `stacks/apps`: `docker build -f stacks/apps/web/Dockerfile stacks/apps` makes the same.

    Args:
        logical_name: Pulumi's name of the resource.
        app: Folder below `stacks/apps`, with the `Dockerfile`.
        settings: What it is built on, and whether it is built here.
        parent: The component that it belongs to.

    """
    recipe = _Build(context=APPS, dockerfile=f"{app}/Dockerfile")
    return _image(logical_name, application_tag(app, settings.base_image), recipe, settings, parent)


def kit_tag(image: str, folder: Path, base_image: str) -> str:
    """`localhost/archkit/haproxy:` and 12 hexadecimal digits of the folder that it is built from."""
    return f"{IMAGES}/{image}:{content_hash(folder, base_image)}"


def application_tag(app: str, base_image: str) -> str:
    """`localhost/archkit/web:` and 12 hexadecimal digits of all that goes into it."""
    digits = _combined(content_hash(APPS / app, base_image), content_hash(APPS / SHARED, base_image))
    return f"{IMAGES}/{app}:{digits}"


def started_with(app: str) -> list[str]:
    """What an application's image starts: the last `CMD` or `ENTRYPOINT` of its Dockerfile; nothing in shell form."""
    found: list[str] = []
    for line in (APPS / app / "Dockerfile").read_text(encoding="utf-8").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word.upper() in ("CMD", "ENTRYPOINT"):
            try:
                found = [str(one) for one in json.loads(rest)]
            except (ValueError, TypeError):
                found = []
    return found


def build_with_files(
    logical_name: str,
    image: str,
    folder: Path,
    files: Path,
    settings: LocalSettings,
    *,
    arguments: Mapping[str, str],
    parent: pulumi.Resource,
) -> docker.RemoteImage:
    """An image with files from elsewhere in the project; its Dockerfile finds them under the argument `FILES`.

    The build's context is the project's root, of which `.dockerignore` leaves the two folders.

    Args:
        logical_name: Pulumi's name of the resource.
        image: `storage`, which gives `localhost/archkit/storage`.
        folder: With the `Dockerfile`.
        files: A folder below `stacks/apps`.
        settings: What it is built on, and whether it is built here.
        arguments: More arguments of the build, which are part of its content.
        parent: The component that it belongs to.

    """
    digits = _combined(content_hash(folder, settings.base_image), content_hash(files, repr(sorted(arguments.items()))))
    recipe = _Build(
        context=ROOT,
        dockerfile=f"{folder.relative_to(ROOT).as_posix()}/Dockerfile",
        arguments={"FILES": files.relative_to(ROOT).as_posix(), **arguments},
    )
    return _image(logical_name, f"{IMAGES}/{image}:{digits}", recipe, settings, parent)


def content_hash(folder: Path, base_image: str) -> str:
    """12 hexadecimal digits of SHA-256 over names, modes and contents of all files and the base image's name.

    The name, not the id: a recording knows no daemon, and both must give the same tag. So a renewed base image comes
    under a new name (`localhost/archkit/base:trixie-20261124`).
    """
    digest = hashlib.sha256(_framed(base_image.encode()))
    for path in sorted(folder.rglob("*"), key=lambda one: one.relative_to(folder).as_posix()):
        inside = path.relative_to(folder)
        if path.is_file() and not _PASSING & set(inside.parts):
            executable = b"x" if path.stat().st_mode & 0o100 else b"-"
            digest.update(_framed(inside.as_posix().encode()) + executable + _framed(path.read_bytes()))
    return digest.hexdigest()[:_DIGITS]


def _framed(part: bytes) -> bytes:
    """With its length in front, so that no two lists of parts look alike."""
    return len(part).to_bytes(8, "big") + part


def _combined(*parts: str) -> str:
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:_DIGITS]


@dataclass(frozen=True, kw_only=True)
class _Build:
    """What the daemon builds: a folder that it is sent, the recipe in it, arguments besides the base image."""

    context: Path
    dockerfile: str
    arguments: Mapping[str, str] = field(default_factory=dict[str, str])


def _image(
    logical_name: str, tag: str, recipe: _Build, settings: LocalSettings, parent: pulumi.Resource
) -> docker.RemoteImage:
    return docker.RemoteImage(
        logical_name,
        name=tag,
        # Docker refuses to remove an image while a container of it still stops, which would fail every destroy; another
        # stack may run it, and a rollback needs the one of before. `archkit purge` removes by label.
        keep_locally=True,
        build=None
        if settings.prebuilt
        else docker.RemoteImageBuildArgs(
            context=_from_program(recipe.context),
            dockerfile=recipe.dockerfile,
            build_args={"BASE_IMAGE": settings.base_image, **recipe.arguments},
            label={"archkit.image": tag.rpartition(":")[0]},
            # buildx keeps images apart from the daemon's own when its builder runs in a container, and then finds no
            # base image that was never pushed; Debian's Docker has none at all.
            use_legacy_builder=True,
        ),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _from_program(folder: Path) -> str:
    """As the provider finds it: the engine runs it in the program's folder, `main:` in `Pulumi.yaml`, below the root.

    Never an absolute path: it would stand in the state and in the graph, and differ from machine to machine.
    """
    inside = folder.relative_to(ROOT).as_posix()
    return ".." if inside == "." else f"../{inside}"
