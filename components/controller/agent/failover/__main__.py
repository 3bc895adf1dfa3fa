"""Runs beside the members of one database on each node, until it is told to stop."""

import os
import queue
import signal
import sys
import threading
import time

from components.controller.agent.docker_api import Docker, DockerError
from components.controller.agent.failover.etcd import Etcd, client_tls
from components.controller.agent.failover.members import Death, Members
from components.controller.agent.failover.probe import probe
from components.controller.agent.failover.watch import Watch
from components.controller.agent.journal import Journal
from components.controller.agent.server import Pulse, serve

PERIOD_SECONDS = 0.23  # three probes in 0.7 s
_LATE_SECONDS = 0.15
_AGAIN_SECONDS = 0.2


def main() -> None:
    """Hears of deaths at once, asks the leader of this node four times a second, and etcd once."""
    signal.signal(signal.SIGTERM, _end)
    journal, pulse = Journal(), Pulse()
    stack, component, scope = (os.environ[f"ARCHKIT_{key}"] for key in ("STACK", "COMPONENT", "SCOPE"))
    tls = client_tls(os.environ["ARCHKIT_AUTHORITY"], os.environ["ARCHKIT_CERTIFICATE"])
    etcd = Etcd(os.environ["ARCHKIT_ETCD"].split(","), scope, tls)
    members = Members(Docker(), stack=stack, component=component, scope=scope, network=os.environ["ARCHKIT_NETWORK"])
    deaths: queue.Queue[Death] = queue.Queue()
    threading.Thread(target=_listen, args=(members, deaths, journal), daemon=True).start()
    serve(pulse)
    journal.tell("started", stack=stack, database=component, period_seconds=PERIOD_SECONDS)
    _run(Watch(etcd, members, probe, journal), deaths, pulse)


def _run(watch: Watch, deaths: queue.Queue[Death], pulse: Pulse) -> None:
    due = time.monotonic()
    while True:
        pulse.beat()
        try:
            watch.died(deaths.get(timeout=max(0.0, due - time.monotonic())), time.time())
            continue
        except queue.Empty:
            pass
        now = time.monotonic()
        watch.look(now)
        # One that is itself kept from running for so long cannot say of another that it hangs.
        if now - due < _LATE_SECONDS:
            watch.probe()
        due = max(due, now) + PERIOD_SECONDS


def _listen(members: Members, deaths: queue.Queue[Death], journal: Journal) -> None:
    while True:
        try:
            for death in members.deaths():
                deaths.put(death)
        except DockerError as error:
            journal.tell_once("events", "docker tells nothing", reason=str(error))
        time.sleep(_AGAIN_SECONDS)


def _end(_number: int, _frame: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
