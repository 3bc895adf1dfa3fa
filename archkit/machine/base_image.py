"""The base of all images: Debian stable, pulled where a registry answers, else made from Debian's packages."""

import os
import shutil
import tempfile
from pathlib import Path

from docker.errors import DockerException, ImageNotFound

from archkit.engine.process import ProcessError, run
from archkit.engine.progress import Progress
from archkit.errors import UserError
from archkit.machine import docker, packages
from archkit.machine.findings import Finding, missing, ok
from components.naming import IMAGES

SUITE = "trixie"
TAG = f"{IMAGES}/base:{SUITE}"
_REGISTRY_IMAGE = f"debian:{SUITE}-slim"
_REGISTRY_TIMEOUT_SECONDS = 10
_PULL_TIMEOUT_SECONDS = 300
_DEBOOTSTRAP_TIMEOUT_SECONDS = 600.0
_IMPORT_TIMEOUT_SECONDS = 300


def name() -> str:
    """The image that builds start from: `BASE_IMAGE`, else the kit's own tag."""
    return os.environ.get("BASE_IMAGE") or TAG


def check() -> Finding:
    """The daemon has the base image."""
    try:
        with docker.client(timeout_seconds=10) as daemon:
            image = daemon.images.get(name())
    except ImageNotFound:
        return missing("base image", f"{name()} is not on the daemon", "archkit doctor --fix")
    except (DockerException, OSError):
        return missing("base image", "unknown: no Docker Engine answers", "see docker")
    return ok("base image", f"{name()} ({image.short_id.removeprefix('sha256:')})")


def fix(progress: Progress) -> None:
    """Gets the base image: 5 s from a registry, 20 to 45 s by `debootstrap`.

    Raises:
        UserError: `BASE_IMAGE` cannot be pulled, or neither way works; says why of each.

    """
    override = os.environ.get("BASE_IMAGE")
    refused = _pull(override or _REGISTRY_IMAGE, progress)
    if not refused:
        return
    if override:
        raise UserError(f"base image: BASE_IMAGE={override} cannot be pulled; {refused}")
    try:
        _debootstrap(progress)
    except (ProcessError, DockerException) as error:
        lines = [
            "base image: it can neither be pulled nor made here;",
            f"  registry ({_REGISTRY_IMAGE}): {refused}",
            f"  debootstrap: {error}",
            f"  Load one yourself and tag it {TAG}, or name another in BASE_IMAGE.",
        ]
        raise UserError("\n".join(lines)) from error


def _pull(image: str, progress: Progress) -> str:
    """Pulls an image, under the kit's tag where it is Debian's; returns why not, or nothing."""
    try:
        with (
            progress.step(f"asking the registry for {image}"),
            docker.client(timeout_seconds=_REGISTRY_TIMEOUT_SECONDS) as daemon,
        ):
            # A question that the daemon passes on: a closed network shows within seconds, not after a pull's minutes.
            daemon.images.get_registry_data(image)
        with progress.step(f"pulling {image}"), docker.client(timeout_seconds=_PULL_TIMEOUT_SECONDS) as daemon:
            pulled = daemon.images.pull(image)
            if image == _REGISTRY_IMAGE:
                repository, tag = TAG.split(":")
                pulled.tag(repository, tag=tag)
    except (DockerException, OSError) as error:
        return str(getattr(error, "explanation", None) or error).splitlines()[0][:200]
    return ""


def _debootstrap(progress: Progress) -> None:
    if os.geteuid() != 0:
        raise ProcessError("only root can make one")
    if shutil.which("debootstrap") is None:
        if not packages.can_install():
            raise ProcessError("the program is not there; install the package debootstrap")
        packages.install(["debootstrap"], progress)
    # /var/tmp: device nodes are made there, and /tmp is often a memory disk that allows none.
    with tempfile.TemporaryDirectory(prefix="archkit-base-", dir="/var/tmp") as folder:
        root, archive = Path(folder, "root"), Path(folder, "root.tar")
        with progress.step(f"making Debian {SUITE} from its packages") as step:

            def show(line: str) -> None:
                step.update(detail=line.removeprefix("I: "))

            mirror = [given] if (given := os.environ.get("DEBIAN_MIRROR")) else []
            # A mount namespace of its own: /proc, mounted inside, must be gone however this ends.
            command = ["unshare", "--mount", "debootstrap", "--variant=minbase", SUITE, root, *mirror]
            run(command, timeout_seconds=_DEBOOTSTRAP_TIMEOUT_SECONDS, on_line=show, on_tick=step.update)
        with progress.step(f"importing it as {TAG}"):
            tar = [
                "tar",
                "--numeric-owner",
                "--exclude=./var/cache/apt/archives/*.deb",
                "-C",
                root,
                "-cf",
                archive,
                ".",
            ]
            run(tar, timeout_seconds=_IMPORT_TIMEOUT_SECONDS)
            repository, tag = TAG.split(":")
            with docker.client(timeout_seconds=_IMPORT_TIMEOUT_SECONDS) as daemon:
                daemon.api.import_image_from_file(
                    os.fspath(archive), repository=repository, tag=tag, changes=['CMD ["bash"]']
                )
