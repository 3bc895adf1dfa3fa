"""Who sends what during a run, and from where."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from archkit.drills.load import ClientArgs, HttpReads, Workload

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Clients:
    """The clients of one run.

    Args:
        workload: What they do, over and over.
        name: For people and reports: `GET http://127.0.0.1:8080/`.
        prefix: What their command is preceded by: `nsenter ...` puts them into a network of the stack.
        rate: Operations per second; 0 takes the run's own (`--rate`).
        drain_seconds: How long operations under way may take to end; the workload's own time-out and more.

    """

    workload: Workload
    name: str
    prefix: tuple[str, ...] = ()
    rate: float = 0.0
    drain_seconds: float = 30.0


class Room:
    """What a run has for its clients while it lasts: a folder of its own, and what is undone at its end.

    Args:
        folder: Empty at first; nobody else can read it. Passwords and certificates are written here.
        ending: Ends with the run, whatever happens.

    """

    def __init__(self, folder: Path, ending: ExitStack) -> None:
        self.folder = folder
        self._ending = ending

    def enter(self, lasting: AbstractContextManager[T]) -> T:
        """Enters a context that is left at the end of the run."""
        return self._ending.enter_context(lasting)

    def file(self, name: str, text: str) -> str:
        """Writes a file that only this user can read; its path."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        return str(path)


def http_reads(addresses: tuple[tuple[str, int], ...], *, path: str, prefix: tuple[str, ...] = ()) -> Clients:
    """GETs of one path by clients that know so many addresses.

    Args:
        addresses: Host and port of each; a client moves on to the next where one does not answer.
        path: With its query.
        prefix: As for `Clients`.

    """
    where = ", ".join(f"{host}:{port}" for host, port in addresses)
    workload = HttpReads(client=ClientArgs(addresses=addresses, attempts=0), path=path)
    return Clients(workload=workload, name=f"GET http://{where}{path}", prefix=prefix)
