"""When a replica wants requests, and how it ends: unready first, then serving on, then gone."""

from __future__ import annotations

import asyncio
import signal
from enum import StrEnum
from types import FrameType

import uvicorn


class Phase(StrEnum):
    """What a replica is up to; only `READY` wants requests."""

    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"


class Lifecycle:
    """The phase of this process."""

    def __init__(self) -> None:
        self.phase = Phase.STARTING


class DrainingServer(uvicorn.Server):
    """Ends in two steps on SIGTERM, so that nobody is sent to a closed door.

    Load balancers ask `/readyz` every half second or so: it fails at once, while everything else is still answered
    for `unready_seconds`. A second signal ends the wait.
    """

    def __init__(self, config: uvicorn.Config, lifecycle: Lifecycle, unready_seconds: float) -> None:
        super().__init__(config)
        self._lifecycle = lifecycle
        self._unready_seconds = unready_seconds
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[object] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets=sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig != signal.SIGTERM or self._lifecycle.phase == Phase.DRAINING or self._loop is None:
            self._end()
            return
        self._lifecycle.phase = Phase.DRAINING
        self._loop.call_soon_threadsafe(self._loop.call_later, self._unready_seconds, self._end)

    def _end(self) -> None:
        self._lifecycle.phase = Phase.DRAINING
        self.should_exit = True
