"""What faults of one container have in common."""

from __future__ import annotations

from abc import ABC
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from docker.errors import APIError, DockerException, NotFound
from requests.exceptions import RequestException

from archkit.drills.faults.fault import Fault
from archkit.drills.faults.host import FaultError

_TASK = "com.docker.swarm.task.id"


@dataclass(frozen=True, kw_only=True)
class ContainerFault(Fault, ABC):
    """A fault of one container.

    Args:
        container: Its id.
        label: What people call it: `web.2`; empty takes the id.

    """

    container: str
    label: str = ""

    @property
    def victim(self) -> str:
        """What the texts call the container."""
        return self.label or self.container[:12]

    def check(self) -> list[str]:
        if problems := self.host.daemon_problems():
            return problems
        found = self.host.container(self.container)
        if found is None:
            return [f"{self.victim}: must exist on host {self.host.name}, but no such container is there"]
        if not found["State"]["Running"]:
            return [f"{self.victim}: must run, got {found['State']['Status']}; who is dead already cannot be harmed"]
        if found["State"]["Paused"]:
            return [f"{self.victim}: must run, got frozen; heal the drill that froze it: archkit drill --heal"]
        return []

    def swarm_task(self, found: Mapping[str, Any] | None = None) -> bool:
        """Whether Swarm made the container: then Swarm replaces it, and nobody may start it again."""
        found = found or self.host.container(self.container)
        return bool(found and _TASK in (found["Config"]["Labels"] or {}))

    def start_again(self) -> None:
        """Starts a container that is no Swarm task, where it still exists and does not run.

        A dead Swarm task's container stays dead: Swarm has put another in its place, and two would serve.
        """
        found = self.host.container(self.container)
        if found is None or found["State"]["Running"] or self.swarm_task(found):
            return
        with asked(f"start {self.victim}"):
            self.host.api.start(self.container)


@contextmanager
def asked(what: str, *, gone_is_fine: bool = True) -> Generator[None]:
    """Tells the daemon's refusals as a `FaultError`.

    Args:
        what: The request, for the text.
        gone_is_fine: A container that vanished meanwhile is no error: there is nothing left to do to it.

    """
    try:
        yield
    except NotFound as error:
        if not gone_is_fine:
            raise _failed(what, error) from error
    except (DockerException, RequestException, OSError) as error:
        raise _failed(what, error) from error


def _failed(what: str, error: Exception) -> FaultError:
    reason = error.explanation if isinstance(error, APIError) and error.explanation else str(error)
    return FaultError(f"{what}: {reason}")
