"""Which copies are kept: all of the last days, one a week for some weeks, one a month for some months."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from components.backup.local.agent.plan import Copy, Plan

MONTH_DAYS = 31


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """What is to go.

    Args:
        labels: Copies to remove; what needs them goes with them.
        whole_with_log: So many of the newest whole copies keep the log after them, for any point in time; older ones
            keep what makes them consistent.

    """

    labels: Sequence[str]
    whole_with_log: int


def expiry(plan: Plan, held: Sequence[Copy], now: datetime) -> Expiry:
    """What is to go of one repository's copies.

    The newest whole copy from before the daily window is kept with all after it: without it no point at the window's
    beginning could be restored. So the newest whole copy always stays.

    Args:
        plan: Tiers.
        held: Oldest first.
        now: UTC.

    """
    whole = [one for one in held if one.whole]
    if not whole:
        return Expiry(labels=[], whole_with_log=1)
    begins = now - timedelta(days=plan.daily)
    anchor = max((index for index, one in enumerate(whole) if one.stopped <= begins), default=0)
    within = {one.label for one in whole[anchor:]}
    kept = within | _first_of(whole, now - timedelta(weeks=plan.weekly), lambda at: at.isocalendar()[:2])
    kept |= _first_of(whole, now - timedelta(days=plan.monthly * MONTH_DAYS), lambda at: (at.year, at.month))
    gone = {one.label for one in whole if one.label not in kept}
    # Of an old tier only the whole copy is left; pgBackRest removes by itself what needs a copy that goes.
    gone |= {one.label for one in held if not one.whole and one.base in kept - within}
    return Expiry(labels=sorted(gone), whole_with_log=len(within))


def kind_of_next(held: Sequence[Copy], now: datetime) -> str:
    """The first copy of a week is a whole one, the others are what changed since the one before."""
    whole = [one for one in held if one.whole]
    same_week = whole and whole[-1].stopped.isocalendar()[:2] == now.isocalendar()[:2]
    return "incr" if same_week else "full"


def _first_of(whole: Sequence[Copy], since: datetime, period: Callable[[datetime], tuple[int, int]]) -> set[str]:
    """The first whole copy of each period that ended no earlier than that."""
    first: dict[tuple[int, int], str] = {}
    for one in whole:
        if one.stopped >= since:
            first.setdefault(period(one.stopped), one.label)
    return set(first.values())
