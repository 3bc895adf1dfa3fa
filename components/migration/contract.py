"""What every migration promises, whichever target runs it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.connect import Component
from components.database import Database
from components.database.contract import DATABASE, USER
from components.errors import out_of_range, refuse, unless

MAX_SECONDS = 900  # AWS Lambda quotas: function timeout


@dataclass(frozen=True, kw_only=True)
class MigrationArgs:
    """What changes a database's schema before a version of an application that needs it serves.

    The image's command applies what is missing, one run at a time, and ends with 0; else its last lines say why. It
    finds the database in `MIGRATION_*`. A deployment whose migration fails changes no service: the old version serves
    on, so a migration may only do what the version before can live with.

    Args:
        command: Of the application's image.
        timeout_seconds: How long it may take, 1 to 900; more has to be done while the application runs.

    Raises:
        InvalidArgsError: Every field out of range, one line each.

    """

    command: tuple[str, ...] = ("python3", "-m", "appkit.migrate")
    timeout_seconds: int = 300

    def __post_init__(self) -> None:
        refuse(
            [
                unless(
                    self.command and all(self.command),
                    f"migration/command: must be a program and its arguments, got {list(self.command)!r}; "
                    "nothing would be applied",
                ),
                out_of_range(
                    "migration/timeout_seconds", self.timeout_seconds, 1, MAX_SECONDS, "no function of AWS runs longer"
                ),
            ]
        )


class Migration(Component):
    """One run of an image's migrations; `MigrationArgs` says what it promises. Services come `after` it."""


def where(database: Database) -> Mapping[str, pulumi.Input[str]]:
    """What the command is told of the database, besides how it proves who it is."""
    return {
        "MIGRATION_HOST": database.migration.host,
        "MIGRATION_PORT": str(database.migration.port),
        "MIGRATION_DATABASE": DATABASE,
        "MIGRATION_APPLICATION_USER": USER,
    }
