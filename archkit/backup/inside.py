"""Commands inside a running container of a stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a command ended: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that it printed."""
        return self.out + self.err


@dataclass(frozen=True, kw_only=True)
class Inside:
    """One container, as the user that its server runs as.

    Args:
        daemon: Runs it.
        container: Its id.

    """

    daemon: docker.DockerClient
    container: str

    @classmethod
    def of(cls, daemons: Sequence[docker.DockerClient], container: str) -> Inside | None:
        """The container on whichever daemon has it and runs it; None where none does."""
        for daemon in daemons if container else ():
            try:
                if daemon.containers.get(container).status == "running":
                    return cls(daemon=daemon, container=container)
            except (DockerException, RequestException):
                continue
        return None

    def run(self, *command: str, stdin: str = "") -> Done:
        """Runs a command to its end; no program of that name is an exit code as well (126, 127).

        Args:
            command: With its arguments.
            stdin: A text of some kilobytes that it reads.

        """
        api: Any = self.daemon.api
        if stdin:
            command = ("bash", "-c", 'printf %s "$0" | "$@"', stdin, *command)
        made = api.exec_create(self.container, list(command))
        out, err = api.exec_start(made["Id"], demux=True)
        code = api.exec_inspect(made["Id"])["ExitCode"]
        return Done(
            code=int(code), out=(out or b"").decode(errors="replace"), err=(err or b"").decode(errors="replace")
        )
