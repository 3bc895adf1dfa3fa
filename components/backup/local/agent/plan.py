"""What a repository is told, and which copies it holds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One database's copies.

    Args:
        stanza: pgBackRest's name for the database.
        schedule: Crontab's five fields, UTC.
        daily: Days for which every copy is kept, and for which any point in time can be restored.
        weekly: Weeks for which one whole copy a week is kept.
        monthly: Months for which one whole copy a month is kept.
        repositories: pgBackRest's numbers: 1, and 2 where copies are offsite too.

    """

    stanza: str
    schedule: str
    daily: int
    weekly: int
    monthly: int
    repositories: Sequence[int]

    @classmethod
    def read(cls, text: str) -> "Plan":
        """From its JSON."""
        return cls(**json.loads(text))


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One backup in one repository.

    Args:
        label: pgBackRest's: `20261125-020000F`, or `20261125-020000F_20261126-020000I` of one that needs it.
        kind: `full`, `diff` or `incr`.
        stopped: When it ended: the first point in time that can be restored from it.
        begins: The segment of the log with which it begins; empty where nobody asks.

    """

    label: str
    kind: str
    stopped: datetime
    begins: str = ""

    @property
    def whole(self) -> bool:
        """Whether it needs no other."""
        return self.kind == "full"

    @property
    def base(self) -> str:
        """The label of the whole copy that it needs; its own where it is one."""
        return self.label.partition("_")[0]


def copies(info: Any, repository: int) -> list[Copy]:
    """The copies of one repository, oldest first, as `pgbackrest info --output=json` tells them."""
    found = [
        Copy(
            label=one["label"],
            kind=one["type"],
            stopped=datetime.fromtimestamp(one["timestamp"]["stop"], UTC),
            begins=one.get("archive", {}).get("start") or "",
        )
        for stanza in info
        for one in stanza["backup"]
        if one["database"]["repo-key"] == repository and not one.get("error")
    ]
    return sorted(found, key=lambda one: one.label)
