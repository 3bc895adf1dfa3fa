"""Makes a copy now, beside the schedule."""

from __future__ import annotations

from archkit.backup.find import PLACES, Repository
from archkit.backup.held import Copy, copies
from archkit.backup.problems import problem_of
from archkit.errors import UserError


def copy_now(repository: Repository, number: int, *, whole: bool) -> Copy:
    """A new copy in one repository.

    Args:
        repository: Of which database.
        number: 1: of the site; 2: offsite.
        whole: It needs no other; otherwise what changed since the last one.

    Raises:
        UserError: It could not be made; the repository is as before.

    """
    done = repository.inside.run(
        "pgbackrest",
        f"--stanza={repository.database}",
        f"--repo={number}",
        f"--type={'full' if whole else 'incr'}",
        "backup",
    )
    if done.code != 0:
        raise UserError(problem_of(repository, done.said))
    return [one for one in copies(repository) if one.place == PLACES[number]][-1]
