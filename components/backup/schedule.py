"""Crontab's five fields, read."""

from datetime import datetime, timedelta
from functools import cache

from cronsim import CronSim, CronSimError

FIELDS = 5
_FROM = datetime(2024, 1, 1)  # UTC, which has no summer time; nine years hold every 29 February's gap
_UNTIL = _FROM + timedelta(days=9 * 366)
_ENOUGH = 20_000  # of firings an hour apart: more than two years


def problem(path: str, schedule: str) -> str | None:
    """The problem with a schedule; None where it is crontab's five fields and a time that comes."""
    if len(schedule.split()) != FIELDS:
        return (
            f"{path}: must be crontab's five fields, got {schedule!r}; minute, hour, day of month, month, day of week"
        )
    try:
        firings = parsed(schedule)
        next(firings)
    except CronSimError as error:
        return f"{path}: must be crontab's five fields, got {schedule!r}; {error}"
    except StopIteration:
        return f"{path}: must be a time that comes, got {schedule!r}; no month has that day"
    if not all(isinstance(one, int) and one >= 0 for one in (*firings.days, *firings.weekdays)):
        return f"{path}: must be crontab's five fields, got {schedule!r}; it knows neither L nor #"
    return None


def parsed(schedule: str) -> CronSim:
    """The firings of a schedule, in UTC, from a fixed day on.

    Raises:
        CronSimError: It is no cron expression.

    """
    return CronSim(schedule, _FROM)


@cache
def gaps_seconds(schedule: str) -> tuple[float, float]:
    """The shortest and the longest time between two firings of a valid schedule."""
    shortest, longest = float("inf"), 0.0
    before: datetime | None = None
    for count, at in enumerate(parsed(schedule)):
        if before is not None:
            gap = (at - before).total_seconds()
            shortest, longest = min(shortest, gap), max(longest, gap)
        if at > _UNTIL or count > _ENOUGH:
            break
        before = at
    return shortest, longest
