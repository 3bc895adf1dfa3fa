"""Sends a few requests to a deployed design and counts who answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from archkit.errors import UserError

REPLICA = "x-archkit-replica"
ZONE = "x-archkit-zone"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What came back.

    Args:
        sent: Requests sent.
        answered: By replica and zone, how many answered with 200.
        failed: By status or error, the others.

    """

    sent: int
    answered: dict[tuple[str, str], int]
    failed: dict[str, int]


def sample(url: str, *, requests: int = 60, patience_seconds: float = 30) -> Sample:
    """Sends requests one after another, each on a connection of its own as separate visitors would.

    Args:
        url: Where.
        requests: How many.
        patience_seconds: How long the first answer may take.

    Raises:
        UserError: Nobody answered at all.

    """
    answered: Counter[tuple[str, str]] = Counter()
    failed: Counter[str] = Counter()
    _first_answer(url, patience_seconds)
    for _ in range(requests):
        try:
            response = httpx.get(url, timeout=5)
        except httpx.HTTPError as error:
            failed[type(error).__name__] += 1
            continue
        if response.is_success:
            answered[response.headers.get(REPLICA, "?"), response.headers.get(ZONE, "?")] += 1
        else:
            failed[str(response.status_code)] += 1
    return Sample(sent=requests, answered=dict(sorted(answered.items())), failed=dict(sorted(failed.items())))


def _first_answer(url: str, patience_seconds: float) -> None:
    waiting = Retrying(
        retry=retry_if_exception_type((httpx.HTTPError, ConnectionError)),
        stop=stop_after_delay(patience_seconds),
        wait=wait_fixed(0.2),
        reraise=True,
    )
    try:
        waiting(lambda: httpx.get(url, timeout=5).raise_for_status())
    except httpx.HTTPError as error:
        message = (
            f"{url}: must answer within {patience_seconds:.0f} s, got {error}; see `archkit status` and `archkit logs`"
        )
        raise UserError(message) from error
