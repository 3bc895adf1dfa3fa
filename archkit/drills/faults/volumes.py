"""A volume as the container that uses it sees it, reached from outside of it."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from archkit.drills.faults.host import FaultError, Host


def mounted_at(found: Mapping[str, Any], volume: str) -> str:
    """Where a container has a volume; empty where it has not."""
    mounts: list[Mapping[str, Any]] = found.get("Mounts") or []
    return next((str(one["Destination"]) for one in mounts if one.get("Name") == volume), "")


def users(host: Host, volume: str) -> list[Mapping[str, Any]]:
    """The running containers that use a volume."""
    listed: list[Mapping[str, Any]] = host.api.containers(filters={"volume": volume, "status": "running"})
    paused: list[Mapping[str, Any]] = host.api.containers(filters={"volume": volume, "status": "paused"})
    found = (host.container(str(one["Id"])) for one in [*listed, *paused])
    return [one for one in found if one is not None]


@contextmanager
def opened(host: Host, container: str, path: str) -> Generator[int]:
    """A directory of a container, as a descriptor.

    Followed step by step and never through a symbolic link: an absolute one, made by whatever runs in there, would
    lead into this machine's own files.

    Raises:
        FaultError: No process of the container is visible here, or the path is no plain directory.

    """
    pid = host.process(container)
    if pid is None:
        message = f"container {container[:12]} on {host.name}: no process of it is visible here"
        raise FaultError(message)
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    descriptor = -1
    try:
        descriptor = os.open(f"/proc/{pid}/root", flags)
        for part in PurePosixPath(path).parts[1:]:
            inner = os.open(part, flags | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    except OSError as error:
        message = f"{path} in container {container[:12]}: {error.strerror or error}"
        raise FaultError(message) from error
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def has_own_size(host: Host, container: str, path: str) -> bool:
    """Whether a directory is a file system of its own: neither the container's nor the daemon's data directory's."""
    pid = host.process(container)
    with opened(host, container, path) as directory:
        device = os.fstat(directory).st_dev
    # A volume without a size of its own lies on the file system of the daemon's data directory, as /etc/hosts does,
    # which Docker mounts into each container from there.
    with opened(host, container, "/etc") as etc:
        shared = os.stat("hosts", dir_fd=etc, follow_symlinks=False).st_dev
    return device not in {shared, Path(f"/proc/{pid}/root").stat().st_dev}


def empty(directory: int) -> None:
    """Removes all that a directory holds, but not the directory: it is a mount point."""
    for name in os.listdir(directory):
        try:
            os.unlink(name, dir_fd=directory)
        except IsADirectoryError:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=directory)
            try:
                empty(inner)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=directory)
