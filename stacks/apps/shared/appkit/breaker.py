"""A circuit breaker that lets one call at a time try whether what failed works again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from circuitbreaker import STATE_CLOSED, STATE_HALF_OPEN, CircuitBreaker


class CircuitOpenError(Exception):
    """It failed so often that it is not asked now."""


class Breaker:
    """Around calls to one other component: after some failures in a row it is left alone for a while.

    Args:
        name: Of the component, for metrics.
        failures: Exceptions that are its fault; all others say nothing about it.
        threshold: So many failures in a row open it.
        recovery_seconds: So long it is left alone.

    """

    def __init__(
        self, name: str, failures: tuple[type[BaseException], ...], *, threshold: int = 5, recovery_seconds: int = 1
    ) -> None:
        self.name = name
        # A trial that nobody waited for proves nothing: it must not close the circuit.
        self._circuit = CircuitBreaker(
            failure_threshold=threshold,
            recovery_timeout=recovery_seconds,
            expected_exception=(*failures, asyncio.CancelledError),
            name=name,
        )
        self._trying = False

    @property
    def closed(self) -> bool:
        """Whether calls go through."""
        return self._circuit.state == STATE_CLOSED

    @contextmanager
    def call(self) -> Iterator[None]:
        """One call, as the body of `with`; raises `CircuitOpenError` instead where it is left alone."""
        state = self._circuit.state
        if self._circuit.opened or (state == STATE_HALF_OPEN and self._trying):
            raise CircuitOpenError(self.name)
        trial = state == STATE_HALF_OPEN
        self._trying = self._trying or trial
        try:
            with self._circuit:
                yield
        finally:
            self._trying = self._trying and not trial
