"""Which copies should be there and are not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from croniter import croniter

from archkit.backup.find import PLACES, Repository
from archkit.backup.held import Copy

GRACE = timedelta(hours=1)  # the shortest schedule's gap: a copy may take so long


def overdue(repository: Repository, held: Sequence[Copy], now: datetime) -> list[str]:
    """One line for each place whose newest copy is older than the schedule says, and an hour."""
    last: datetime = croniter(repository.schedule, now - GRACE).get_prev(datetime)
    found: list[str] = []
    for place in (PLACES[number] for number in repository.numbers):
        stopped = [one.stopped for one in held if one.place == place]
        if not stopped or max(stopped) < last:
            newest = f"{max(stopped):%Y-%m-%dT%H:%M:%SZ}" if stopped else "none"
            found.append(
                f"{repository.database} {place}: a copy should be there since {last:%Y-%m-%dT%H:%M:%SZ}, got {newest}; "
                f"see `archkit logs {repository.stack}`"
            )
    return found
