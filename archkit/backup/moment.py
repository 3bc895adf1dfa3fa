"""Which point in time is meant, and whether it can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from archkit.backup.held import Copy
from archkit.errors import UserError

LATEST = "latest"


def parse(text: str) -> datetime | None:
    """A point in time; None for `latest`.

    Raises:
        UserError: It is none, or its time zone is not said.

    """
    if text == LATEST:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        message = f"--to: must be a time such as 2026-11-25T14:30:00Z, or `{LATEST}`, got {text!r}"
        raise UserError(message) from None
    if at.tzinfo is None:
        message = (
            f"--to: must say its time zone, got {text!r}; write {text}Z for UTC, or an offset such as {text}+01:00: "
            "an hour off restores another database"
        )
        raise UserError(message)
    return at.astimezone(UTC)


def reachable(at: datetime | None, copies: Sequence[Copy], now: datetime) -> None:
    """Refuses what no copy can give.

    Args:
        at: What is asked for; None: the newest.
        copies: Of the repository that is restored from.
        now: UTC.

    Raises:
        UserError: There is no copy, it is older than the oldest, or in the future.

    """
    if not copies:
        message = "restore: must have a copy to begin with, got none; `archkit backup now` makes one"
        raise UserError(message)
    if at is None:
        return
    if at > now:
        message = (
            f"--to: must not be in the future, got {_said(at)}; it is {_said(now)} now; `--to {LATEST}` is the newest "
            "there is"
        )
        raise UserError(message)
    oldest = min(one.stopped for one in copies)
    if at < oldest:
        message = (
            f"--to: must not be before the end of the oldest copy, {_said(oldest)}, got {_said(at)}; "
            "nothing older is kept"
        )
        raise UserError(message)


def target(at: datetime | None) -> list[str]:
    """PgBackRest's options for it: all that was committed by then, and nothing after it."""
    if at is None:
        return ["--type=default"]
    return ["--type=time", f"--target={at:%Y-%m-%d %H:%M:%S.%f}+00", "--target-action=promote"]


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
