"""What a drill's clients do: the protocol that HTTP, PostgreSQL, cache and queue workloads follow."""

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from archkit.drills.load.outcome import Outcome


class Workload(Protocol):
    """One kind of operation, done over and over.

    An instance is pickled into the generator's own process: a frozen dataclass of plain values is right. It
    opens its connections in `prepare`, which runs there.
    """

    async def prepare(self) -> None:
        """Connects and makes what the operations need; an exception ends the load before it starts."""
        ...

    async def operation(self, number: int) -> Outcome:
        """Does operation `number` (0, 1, 2, ...), many at once; never raises for what the system did.

        The latency that is recorded runs from the moment at which the operation *should* have begun.
        """
        ...

    async def verify(self) -> Mapping[str, int] | None:
        """Reads what is there after the load: how often each written identity was found.

        None for a workload that writes nothing. An exception means that it could not be verified, which is
        reported as such and never as "nothing lost".
        """
        ...

    async def close(self) -> None:
        """Closes the connections."""
        ...


@runtime_checkable
class Immediate(Protocol):
    """What a workload may have besides, to save the generator's time: operations begun without a task."""

    def begin(self, number: int, done: Callable[[Outcome], None]) -> bool:
        """Begins operation `number` and returns True; `done` is called once, later, with its outcome.

        False where it cannot be begun without waiting: then `operation` is called instead.
        """
        ...
