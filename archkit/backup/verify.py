"""Proves a repository: every file of every copy and every segment of the log is read back and compared by its hash.

`pgbackrest verify` ends with 0 whatever it finds, and takes no notice of a segment that is gone: what it says counts,
and the log is looked through for gaps.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from archkit.backup.find import PLACES, Repository
from archkit.backup.held import first_segment
from archkit.backup.problems import problem_of
from archkit.plain import mapping
from components.backup.local.agent.log import missing

_STATUS = re.compile(r"^\s*status:\s*(\S+)", re.MULTILINE)
_INVALID = re.compile(r"(?:INFO|WARN|ERROR): (?:\[\d+\]: )?(invalid .*|missing .*|.*unable to .*)")


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What came of one repository.

    Args:
        database: Whose copies.
        place: `site` or `offsite`.
        problems: What is not as it was written, one line each.

    """

    database: str
    place: str
    problems: Sequence[str]

    @property
    def intact(self) -> bool:
        """Whether all of it is as it was written."""
        return not self.problems

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "problems": list(self.problems), "intact": self.intact}


def verify(repository: Repository, number: int) -> Verified:
    """Reads one repository back; takes as long as reading all of it."""
    done = repository.inside.run(
        *("pgbackrest", f"--stanza={repository.database}", f"--repo={number}"),
        *("--output=text", "--verbose", "--log-level-console=info", "verify"),
    )
    problems = [problem_of(repository, done.said)] if done.code != 0 else judged(done.said)
    if not problems:
        problems = gaps(_archive(repository, number), since=first_segment(repository, number))
    return Verified(database=repository.database, place=PLACES[number], problems=tuple(problems))


def judged(said: str) -> list[str]:
    """What is wrong, from what `pgbackrest verify` said; nothing only where it says itself that all is well."""
    status = _STATUS.findall(said)
    if not status:
        return ["pgbackrest verify said no status: nothing was proven"]
    found = [match[1].strip() for line in said.splitlines() if (match := _INVALID.search(line))]
    if all(one == "ok" for one in status) and not found:
        return []
    return list(dict.fromkeys(found)) or [f"pgbackrest verify: status {', '.join(status)}"]


def gaps(files: Iterable[str], *, since: str | None) -> list[str]:
    """What is missing of the log from the newest whole copy on.

    Args:
        files: Names of files in the repository's archive.
        since: The segment with which the newest whole copy begins; None where there is no copy.

    """
    if since is None:
        return ["no whole copy: nothing can be restored"]
    return [
        f"missing {one} of the log: no point in time after it can be restored" for one in missing(files, since=since)
    ]


def _archive(repository: Repository, number: int) -> list[str]:
    done = repository.inside.run(
        *("pgbackrest", f"--repo={number}", "--recurse", "--output=json", "--log-level-console=error"),
        *("repo-ls", f"archive/{repository.database}"),
    )
    return [name.rpartition("/")[2] for name in mapping(json.loads(done.out))] if done.code == 0 else []
