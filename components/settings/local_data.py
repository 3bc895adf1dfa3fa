"""What only the local target can be told of what keeps data."""

from dataclasses import dataclass

from components.errors import out_of_range, refuse

# Of PostgreSQL: its log may take 512 MB (`max_wal_size`), and a copy of a member needs as much again for a moment.
MIN_STORAGE_MEGABYTES, MAX_STORAGE_MEGABYTES = 1024, 16 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """Settings of databases on local.

    Args:
        storage_megabytes: The most that each member keeps, 1024 to 16777216; it only grows. Takes a Docker daemon whose
            data lies on XFS with project quotas (`pquota`). None: as much as the node's disk.

    """

    storage_megabytes: int | None = None

    def __post_init__(self) -> None:
        refuse(
            [
                None
                if self.storage_megabytes is None
                else out_of_range(
                    "local/database/storage_megabytes",
                    self.storage_megabytes,
                    MIN_STORAGE_MEGABYTES,
                    MAX_STORAGE_MEGABYTES,
                    "the log alone may take half of the least, and no file system that Docker limits holds more",
                )
            ]
        )
