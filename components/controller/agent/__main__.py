"""Runs the controller of one stack until it is told to stop."""

import os
import signal
import sys
import time

from components.controller.agent.docker_api import Docker
from components.controller.agent.journal import Journal
from components.controller.agent.loop import Controller
from components.controller.agent.sampling import Sampler
from components.controller.agent.server import Pulse, serve
from components.controller.agent.swarm import Swarm

PERIOD_SECONDS = 5.0


def main() -> None:
    """One round every five seconds."""
    signal.signal(signal.SIGTERM, _end)
    journal, pulse = Journal(), Pulse()
    docker = Docker()
    swarm = Swarm(docker, os.environ["ARCHKIT_STACK"])
    sampler = Sampler(docker, swarm.stack, journal)
    sampler.start()
    serve(pulse, sampler.told)
    controller = Controller(swarm, journal)
    journal.tell("started", stack=swarm.stack, period_seconds=PERIOD_SECONDS)
    while True:
        began = time.monotonic()
        controller.round()
        pulse.beat()
        time.sleep(max(0.0, PERIOD_SECONDS - (time.monotonic() - began)))


def _end(_number: int, _frame: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
