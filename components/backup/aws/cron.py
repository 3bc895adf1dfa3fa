"""Crontab's five fields as AWS's six."""

from collections.abc import Collection

from components.backup.schedule import parsed

_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def translatable(schedule: str) -> bool:
    """Whether AWS can say it: crontab takes days of the month *or* of the week, AWS one of the two only."""
    _, _, day, _, weekday = schedule.split()
    return day == "*" or weekday == "*"


def expression(schedule: str) -> str:
    """`cron(minute hour day month weekday year)` of a valid, translatable schedule.

    Days of the week have names, since crontab counts them from 0 and AWS from 1.
    """
    cron = parsed(schedule)
    weekdays = {int(str(one)) % 7 for one in cron.weekdays}
    days = _field({int(str(one)) for one in cron.days}, 1, 31)
    if len(weekdays) < len(_WEEKDAYS):
        days, week = "?", ",".join(_WEEKDAYS[one] for one in sorted(weekdays))
    else:
        week = "?"
    hours, minutes = _field(_numbers(cron.hours), 0, 23), _field(_numbers(cron.minutes), 0, 59)
    return f"cron({minutes} {hours} {days} {_field(_numbers(cron.months), 1, 12)} {week} *)"


def first_time(schedule: str) -> tuple[int, int]:
    """Hour and minute of a day's first firing."""
    cron = parsed(schedule)
    return min(_numbers(cron.hours)), min(_numbers(cron.minutes))


def _numbers(values: Collection[object]) -> set[int]:
    return {int(str(one)) for one in values}


def _field(values: set[int], low: int, high: int) -> str:
    """`*`, `0/6` (from 0, each sixth, to the end) or a list."""
    ordered = sorted(values)
    if ordered == list(range(low, high + 1)):
        return "*"
    step = ordered[1] - ordered[0] if len(ordered) > 1 else 0
    if len(ordered) > 2 and ordered == list(range(ordered[0], high + 1, step)):
        return f"{ordered[0]}/{step}"
    return ",".join(map(str, ordered))
