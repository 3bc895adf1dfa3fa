"""Signals that wait: a Ctrl-C while a fault is being made or healed takes effect once that is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, FunctionType
from typing import Any

from archkit.console import err

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Terminated(SystemExit):
    """The process was told to end by SIGTERM or SIGHUP: exit code 128 + signal, `finally` blocks are run."""


class Deferred:
    """Takes over the signals that end a process, until `restore`.

    While `busy` a signal is noted, and told once on stderr; else it is raised at once, as Python does.
    A signal that arrives while one of the `quiet` functions is entered is noted as well: a context's `__exit__` that is
    interrupted before its first line would never heal.
    Outside of the main thread it does nothing: Python delivers signals to the main thread only.
    """

    def __init__(self, *quiet: Callable[..., object]) -> None:
        self.busy = True
        self._quiet = {function.__code__ for function in quiet if isinstance(function, FunctionType)}
        self._quiet |= {Deferred.hold_back.__code__}
        self._noted: int | None = None
        self._before: dict[int, Any] = {}

    def take(self) -> None:
        """Begins, busy."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _SIGNALS:
            self._before[number] = signal.getsignal(number)
            signal.signal(number, self._handle)

    def let_through(self) -> None:
        """From here on a signal is raised; one that came meanwhile is raised now."""
        self.busy = False
        if self._noted is not None:
            self._raise(self._noted)

    def hold_back(self) -> None:
        """From here on signals wait."""
        self.busy = True

    def restore(self) -> None:
        """Gives the signals back to who had them."""
        for number, before in self._before.items():
            # None: a handler that was not Python's own, which cannot be put back from here.
            signal.signal(number, signal.SIG_DFL if before is None else before)
        self._before.clear()

    def raise_noted(self) -> None:
        """Raises the signal that waited, if one did."""
        if self._noted is not None:
            self._raise(self._noted)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self.busy and not (frame and frame.f_code in self._quiet):
            self._raise(number)
        if self._noted is None:
            self._noted = number
            err.print("Interrupted: healing what was broken first, please wait.", markup=False)

    def _raise(self, number: int) -> None:
        # What follows is healing: a second signal must not cut it short.
        self.busy = True
        self._noted = None
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise Terminated(128 + number)
