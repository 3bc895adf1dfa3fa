"""What cannot be kept on Docker, told before anything is made."""

from collections.abc import Iterator, Sequence

from components.access.archive import TIMEOUT_SECONDS
from components.backup.contract import BackupArgs
from components.database.contract import Database
from components.errors import unless
from components.naming import Kind, docker_name, fixed


def problems(name: str, args: BackupArgs, databases: Sequence[Database]) -> Iterator[str | None]:
    """Everything that is wrong with a backup on Docker, one line each."""
    path = f"backup/{name}"
    for part in ("offsite", *(one.component_name for one in databases)):
        yield fixed(path, docker_name(f"{name}-{part}"), Kind.DOCKER_SERVICE)
    yield unless(databases, f"{path}/databases: must be one at least, got none; it copies nothing else")
    yield unless(
        all(one.component_name != "offsite" for one in databases),
        f"{path}/databases: must have other names, got 'offsite'; the server of the offsite copies is called that",
    )
    point = args.recovery_point
    for field, seconds in (("local_seconds", point.local_seconds), ("offsite_seconds", point.offsite_seconds)):
        yield unless(
            seconds is None or seconds >= TIMEOUT_SECONDS,
            f"{path}/recovery_point/{field}: must be at least {TIMEOUT_SECONDS} on local, got {seconds}; "
            "the log leaves the primary when a segment is full, or after that time",
        )
