"""What is restored runs as a service of the swarm: made like a member, alone, and without a port."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import docker
from docker.errors import APIError, DockerException, NotFound
from docker.types import ServiceMode

from archkit.backup.find import PSQL
from archkit.backup.inside import Inside
from archkit.errors import UserError
from archkit.labels import COMPONENT, ROLE, STACK
from archkit.plain import items, mapping, text
from archkit.stack.docker import clients

ROLE_RESTORED = "restored"
DATA = "/var/lib/postgresql/member"
LONGEST_SECONDS = 4 * 60 * 60
_POLL_SECONDS = 0.2
_GONE_SECONDS = 30
_SIGINT_FAST = "SIGINT"


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A service that restores, and then is what was restored.

    Args:
        config: The stack's.
        stack: Its name.
        database: The design's name for the database.
        name: The service's and the volume's name.
        image: A data member's.
        options: Of `pgbackrest restore`.
        networks: Ids of networks, where the repository is on one.
        secrets: References to Docker secrets, as a service has them.
        files: References to Docker configs.
        environment: Variables.
        volume: Where data go; by default its name.
        more_mounts: Beside its own.
        constraints: Where it may stand.

    """

    config: Mapping[str, Any]
    stack: str
    database: str
    name: str
    image: str
    options: Sequence[str]
    networks: Sequence[str] = ()
    secrets: Sequence[Mapping[str, Any]] = ()
    files: Sequence[Mapping[str, Any]] = ()
    environment: Sequence[str] = ()
    volume: str = ""
    more_mounts: Sequence[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    constraints: Sequence[str] = ()

    @property
    def daemon(self) -> docker.DockerClient:
        """A manager."""
        return clients(self.config)[0]

    @property
    def labels(self) -> dict[str, str]:
        """By which it is found, and removed with the stack's other volumes."""
        return {STACK: self.stack, COMPONENT: self.database, ROLE: ROLE_RESTORED}

    def begin(self) -> None:
        """Makes the service.

        Raises:
            UserError: One of that name is there.

        """
        if exists(self.daemon, self.name):
            message = (
                f"--as: must be a name that is free, got {self.name!r}; remove it first with --remove, or take another"
            )
            raise UserError(message)
        api: Any = self.daemon.api
        api.create_service(
            self._task(),
            name=self.name,
            labels=self.labels,
            mode=ServiceMode("replicated", replicas=1),
            endpoint_spec={"Mode": "dnsrr"},
        )

    def wait(self) -> Inside:
        """Until it takes writes by itself; as long as restoring takes.

        Raises:
            UserError: It ended instead; what it said last. The service is left to look at.

        """
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            state, container, problem = self._state()
            if state in {"failed", "complete", "rejected", "shutdown", "orphaned"}:
                raise UserError(_why(self, f"{self.logs()}\n{problem}"))
            if container and (inside := Inside.of(clients(self.config), container)):
                done = inside.run(*PSQL, "-c", "SELECT pg_is_in_recovery()", "postgres")
                if done.code == 0 and done.out.strip() == "f":
                    return inside
            time.sleep(_POLL_SECONDS)
        message = (
            f"restore: must end within {LONGEST_SECONDS / 3600:g} hours, got no end; "
            f"see `docker service logs {self.name}`"
        )
        raise UserError(message)

    def logs(self) -> str:
        """What it said."""
        try:
            service: Any = cast("Any", self.daemon.services).get(self.name)
            return b"".join(service.logs(stdout=True, stderr=True)).decode(errors="replace")
        except DockerException:
            return ""

    def _state(self) -> tuple[str, str, str]:
        service: Any = cast("Any", self.daemon.services).get(self.name)
        found = items(service.tasks())
        if not found:
            return "new", "", ""
        status = mapping(max(found, key=lambda one: text(one["CreatedAt"]))["Status"])
        container = text(mapping(status.get("ContainerStatus")).get("ContainerID"))
        return text(status["State"]), container, text(status.get("Err"))

    def _task(self) -> dict[str, Any]:
        return {
            "ContainerSpec": {
                "Image": self.image,
                "Command": ["member-restore", self.database, *self.options],
                "Env": list(self.environment),
                "User": "10001:10001",
                "ReadOnly": True,
                "CapabilityDrop": ["ALL"],
                "Init": True,
                "Labels": self.labels,
                "StopSignal": _SIGINT_FAST,
                "StopGracePeriod": 60_000_000_000,
                "Secrets": list(self.secrets),
                "Configs": list(self.files),
                "Mounts": [
                    {"Type": "tmpfs", "Target": "/tmp", "TmpfsOptions": {"SizeBytes": 16 << 20, "Mode": 0o777}},  # noqa: S108
                    {"Type": "tmpfs", "Target": "/dev/shm", "TmpfsOptions": {"SizeBytes": 64 << 20, "Mode": 0o777}},  # noqa: S108
                    {
                        "Type": "volume",
                        "Source": self.volume or self.name,
                        "Target": DATA,
                        "VolumeOptions": {"Labels": self.labels},
                    },
                    *self.more_mounts,
                ],
            },
            "Networks": [{"Target": one} for one in self.networks],
            "Placement": {"Constraints": list(self.constraints)},
            "RestartPolicy": {"Condition": "none"},
            "LogDriver": {"Name": "json-file", "Options": {"max-size": "10m", "max-file": "3"}},
        }


def exists(daemon: docker.DockerClient, name: str) -> bool:
    """Whether a service of that name is there."""
    try:
        daemon.services.get(name)
    except NotFound:
        return False
    return True


def remove(config: Mapping[str, Any], name: str, *, volume: bool) -> bool:
    """Removes what was restored, with its volume where that is wanted; whether there was anything."""
    found = False
    daemons = clients(config)
    if exists(daemons[0], name):
        service: Any = cast("Any", daemons[0].services).get(name)
        service.remove()
        found = True
        _wait_until_gone(daemons, name)
    for daemon in daemons if volume else ():
        try:
            daemon.volumes.get(name).remove()
            found = True
        except NotFound:
            continue
    return found


def _wait_until_gone(daemons: Sequence[docker.DockerClient], name: str) -> None:
    until = time.monotonic() + _GONE_SECONDS
    while time.monotonic() < until:
        try:
            if not any(one.containers.list(all=True, filters={"name": f"{name}."}) for one in daemons):
                return
        except APIError:
            pass
        time.sleep(_POLL_SECONDS)


def _why(restored: Restored, said: str) -> str:
    from archkit.backup.problems import explain  # noqa: PLC0415 - which knows repositories, and this does not

    if "recovery ended before configured recovery target was reached" in said:
        return (
            f"--to: must be a time that the copied log reaches, got a later one; what was written last before the loss "
            f"has not arrived: `--to latest` restores all that has (service {restored.name})"
        )
    return explain(f"restore/{restored.database}", said)
