"""What a repository holds, as `pgbackrest info` tells it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from archkit.backup.find import PLACES, Repository
from archkit.backup.problems import problem_of
from archkit.errors import UserError
from archkit.plain import items, mapping, text


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One copy.

    Args:
        place: `site` or `offsite`.
        label: pgBackRest's name for it.
        kind: `full`, or `incr`: what changed since the one before.
        stopped: When it ended: the first point in time that can be restored from it.
        bytes: How much the database held.
        stored_bytes: How much the copy added to the repository.
        needs: The copies that it builds on.

    """

    place: str
    label: str
    kind: str
    stopped: datetime
    bytes: int
    stored_bytes: int
    needs: Sequence[str]

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "stopped": self.stopped.isoformat(), "needs": list(self.needs)}


def copies(repository: Repository) -> list[Copy]:
    """All copies of a database, oldest first, of the site before those offsite.

    Raises:
        UserError: The repository cannot be read: the key is another, or it does not answer.

    """
    done = repository.inside.run(
        "pgbackrest", f"--stanza={repository.database}", "--output=json", "--log-level-console=warn", "info"
    )
    told = done.out[done.out.find("[{") :] if "[{" in done.out else "[]"
    if done.code != 0:
        raise UserError(problem_of(repository, done.said))
    found: list[Copy] = []
    for stanza in items(json.loads(told)):
        unreadable = [one for one in items(stanza.get("repo")) if mapping(one["status"])["code"] == _OTHER_ERROR]
        if unreadable:
            raise UserError(*(problem_of(repository, text(one["status"]["message"])) for one in unreadable))
        found += [_copy(mapping(one)) for one in items(stanza.get("backup"))]
    return sorted(found, key=lambda one: (PLACES_ORDER[one.place], one.label))


_OTHER_ERROR = 99  # pgBackRest, info command, "status codes"
PLACES_ORDER = {place: number for number, place in PLACES.items()}


def _copy(one: dict[str, Any]) -> Copy:
    info = mapping(one["info"])
    return Copy(
        place=PLACES[int(mapping(one["database"])["repo-key"])],
        label=text(one["label"]),
        kind=text(one["type"]),
        stopped=datetime.fromtimestamp(int(mapping(one["timestamp"])["stop"]), UTC),
        bytes=int(info["size"]),
        stored_bytes=int(mapping(info["repository"]).get("delta") or 0),
        needs=[text(one) for one in items(one.get("reference"))],
    )


def first_segment(repository: Repository, number: int) -> str | None:
    """The segment of the log with which the newest whole copy of one repository begins; None without a copy."""
    done = repository.inside.run("pgbackrest", f"--stanza={repository.database}", "--output=json", "info")
    told = items(json.loads(done.out)) if done.code == 0 else []
    whole = [
        mapping(one)
        for stanza in told
        for one in items(stanza.get("backup"))
        if one["type"] == "full" and int(mapping(one["database"])["repo-key"]) == number
    ]
    newest = max(whole, key=lambda one: text(one["label"]), default=None)
    return text(mapping(newest["archive"])["start"]) if newest else None
