"""Keeps the copies of one database until it is told to stop."""

import os
import signal
import sys
import time

from components.backup.local.agent.journal import Journal
from components.backup.local.agent.keeper import Keeper
from components.backup.local.agent.pgbackrest import Backrest
from components.backup.local.agent.plan import Plan

PERIOD_SECONDS = 3.0


def main() -> None:
    """Serves members, and looks every three seconds at what is due."""
    signal.signal(signal.SIGTERM, _end)
    plan, journal = Plan.read(os.environ["ARCHKIT_BACKUP"]), Journal()
    backrest = Backrest(plan.stanza)
    server, keeper = backrest.serve(), Keeper(plan, backrest, journal)
    while True:
        if (code := server.poll()) is not None:
            # The container's health depends on it: swarm replaces who cannot serve.
            journal.tell("server ended", code=code)
            sys.exit(1)
        keeper.round()
        time.sleep(PERIOD_SECONDS)


def _end(_number: int, _frame: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
