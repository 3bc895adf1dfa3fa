"""How large one replica of anything is."""

from enum import StrEnum


class Size(StrEnum):
    """How much of a machine one replica gets: vertical scaling in one word. Each target has its table."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
