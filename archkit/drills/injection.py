"""Making faults so that they are undone whatever happens to the drill.

    with injected(Freeze(host=host, container=id), journal=journal):
        ...  # measure

Order: checks of all, then for each fault the journal, the fault, the journal again; at the end healing in the
reverse order. Ctrl-C, an error and a normal end heal here; a crash is healed by `archkit.drills.healing`.
"""

from __future__ import annotations

import atexit
from types import TracebackType
from typing import Self

from tenacity import Retrying, stop_after_attempt, wait_fixed

from archkit.drills.faults.fault import Fault
from archkit.drills.faults.signals import Deferred
from archkit.drills.journal import Journal
from archkit.errors import UserError

_TRIES = 3
_PAUSE_SECONDS = 1.0


def injected(*faults: Fault, journal: Journal) -> Injection:
    """A context in which faults are in force.

    Args:
        faults: Made in this order, healed in the other.
        journal: Where they are written down first.

    Raises:
        UserError: On entering: a fault cannot be made here (nothing was touched), or failed while being made
            (what was done is undone). On leaving: one could not be healed; it stays in the journal.

    """
    return Injection(faults, journal)


class Injection:
    """The context itself; use `injected`."""

    def __init__(self, faults: tuple[Fault, ...], journal: Journal) -> None:
        self._planned = faults
        self._journal = journal
        self._signals = Deferred(Injection.__exit__, Injection._leave, Injection.heal)
        self._open: list[Fault] = []

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults in force."""
        return tuple(self._open)

    def __enter__(self) -> Self:
        if problems := [problem for fault in self._planned for problem in fault.check()]:
            raise UserError.of(dict.fromkeys(problems))
        self._signals.take()
        atexit.register(self._heal_all)
        try:
            for fault in self._planned:
                self._make(fault.prepared())
            self._signals.let_through()
            # Last in the `try`: an interrupt between here and the `with` block still ends in healing.
            return self
        except BaseException as error:
            self._leave()
            if isinstance(error, Exception) and not isinstance(error, UserError):
                message = f"the fault could not be made: {error}"
                raise UserError(message) from error
            raise

    def _make(self, fault: Fault) -> None:
        self._journal.open(fault)
        self._open.append(fault)
        fault.inject()
        self._journal.injected(fault.id)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def heal(self) -> None:
        """Heals now, before the block ends; what is healed already stays so.

        Raises:
            UserError: A fault could not be healed.

        """
        self._signals.hold_back()
        problems = self._heal_all()
        self._signals.let_through()
        if problems:
            raise UserError.of(problems)

    def _leave(self) -> None:
        self._signals.hold_back()
        try:
            problems = self._heal_all()
        finally:
            self._signals.restore()
            atexit.unregister(self._heal_all)
        if problems:
            raise UserError.of(problems)
        self._signals.raise_noted()

    def _heal_all(self) -> list[str]:
        problems: list[str] = []
        for fault in reversed(list(self._open)):
            try:
                heal(fault, self._journal)
            except Exception as error:
                problems.append(
                    f"not healed: the drill {fault.describe()}: {error}; archkit drill --heal {self._journal.stack} "
                    "tries again"
                )
            else:
                self._open.remove(fault)
        return problems


def heal(fault: Fault, journal: Journal) -> None:
    """Heals one fault, three tries, and closes its entry.

    Raises:
        Exception: What the last try said.

    """
    for attempt in Retrying(stop=stop_after_attempt(_TRIES), wait=wait_fixed(_PAUSE_SECONDS), reraise=True):
        with attempt:
            fault.heal()
    journal.close(fault.id)
