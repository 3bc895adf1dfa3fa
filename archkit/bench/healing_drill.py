"""A drill that is going to be interrupted: one of each fault that leaves something behind.

Run as `python -m archkit.bench.healing_drill FOLDER CONTAINER`; says `begun` and `ended`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from archkit.drills.faults import Cut, Freeze, Host, Slow, Starve
from archkit.drills.injection import injected
from archkit.drills.journal import Journal
from archkit.drills.lock import drill_lock

STACK = "healing"
_IN_FORCE_SECONDS = 0.3


def main() -> None:
    """The process's whole life."""
    folder, container = Path(sys.argv[1]), sys.argv[2]
    host = Host()
    faults = (
        Starve(host=host, container=container, cpus=0.2),
        Slow(host=host, container=container, latency_milliseconds=20, bandwidth_bits_per_second=1_000_000),
        Cut(host=host, container=container),
        Freeze(host=host, container=container),
    )
    with drill_lock(STACK, directory=folder):
        _say("begun")
        with injected(*faults, journal=Journal(STACK, folder)):
            time.sleep(_IN_FORCE_SECONDS)
        _say("ended")


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
