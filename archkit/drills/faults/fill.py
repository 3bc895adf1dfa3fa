"""A disk that is full."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from archkit.drills.faults.container import ContainerFault, asked
from archkit.drills.faults.host import FaultError
from archkit.drills.faults.volumes import has_own_size, mounted_at, opened, users

_CHUNK_BYTES = 64 * 1024 * 1024
_SMALLEST_BYTES = 4096


@dataclass(frozen=True, kw_only=True)
class Fill(ContainerFault):
    """Fills a volume with one file, up to what is left over.

    Only a volume with a size of its own (a loop file with ext4, a tmpfs with a size, a disk): any other one lies
    on the machine's disk, and the drill would fill that.

    Args:
        volume: Its name.
        leave_bytes: What stays free.
        image: The container's image; `prepared` fills it in, for the case that nobody uses the volume any more.

    """

    kind: ClassVar[str] = "fill"

    volume: str
    leave_bytes: int = 0
    image: str = ""

    def check(self) -> list[str]:
        problems = super().check() or self.host.network_problems(self.container)
        if problems:
            return problems
        found = self.host.container(self.container) or {}
        path = mounted_at(found, self.volume)
        if not path:
            return [f"{self.victim}: must use the volume {self.volume!r}, but has no such volume"]
        if self.leave_bytes < 0:
            return [f"fill/leave_bytes: must be 0 or more, got {self.leave_bytes}"]
        if not has_own_size(self.host, self.container, path):
            return [
                f"volume {self.volume}: must have a size of its own, but lies on the machine's disk, which the drill "
                "would fill; make it a loop file with ext4 or a tmpfs with a size"
            ]
        return []

    def prepared(self) -> Self:
        found = self.host.container(self.container)
        if found is None:
            message = f"{self.victim}: is gone"
            raise FaultError(message)
        return replace(self, image=str(found["Image"]))

    @property
    def _name(self) -> str:
        return f".archkit-fault-{self.id}"

    def inject(self) -> None:
        path = mounted_at(self.host.container(self.container) or {}, self.volume)
        with opened(self.host, self.container, path) as directory:
            file = os.open(self._name, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600, dir_fd=directory)
            try:
                _occupy(file, self.leave_bytes)
            finally:
                os.close(file)

    def heal(self) -> None:
        # Whoever uses the volume now: the victim may have been replaced by another task meanwhile.
        using = users(self.host, self.volume)
        for found in using:
            with opened(self.host, str(found["Id"]), mounted_at(found, self.volume)) as directory:
                try:
                    os.unlink(self._name, dir_fd=directory)
                except FileNotFoundError:
                    continue
        if not using:
            self._clear_unused()

    def _clear_unused(self) -> None:
        """Deletes the file where no container runs that has the volume: by one that does nothing else."""
        client = self.host.client
        with asked(f"list volumes of {self.host.name}", gone_is_fine=False):
            known: Any = self.host.api.volumes(filters={"name": self.volume})["Volumes"] or []
        if not any(one["Name"] == self.volume for one in known):
            return
        with asked(f"delete {self._name} from volume {self.volume}", gone_is_fine=False):
            client.containers.run(
                self.image,
                entrypoint=["rm"],
                command=["-f", f"/volume/{self._name}"],
                user="0:0",
                network_mode="none",
                remove=True,
                volumes={self.volume: {"bind": "/volume", "mode": "rw"}},
            )

    def describe(self) -> str:
        left = f", {self.leave_bytes} bytes stay free" if self.leave_bytes else ""
        return f"fills the volume {self.volume} of {self.victim}{left}"


def _occupy(file: int, leave_bytes: int) -> None:
    """Allocates space to a file until only so much is left; smaller and smaller pieces, since no size is exact."""
    size = os.fstat(file).st_size
    step = _CHUNK_BYTES
    while step >= _SMALLEST_BYTES:
        state = os.fstatvfs(file)
        free = state.f_bavail * state.f_frsize - leave_bytes
        piece = min(step, free)
        if piece < _SMALLEST_BYTES:
            return
        try:
            os.posix_fallocate(file, size, piece)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            step //= 4
            continue
        size += piece
