"""How careful a deployment is."""

from enum import StrEnum


class Profile(StrEnum):
    """`dev`: small, cheap, removed in one run. `prod`: survives a zone, protected against deletion."""

    DEV = "dev"
    PROD = "prod"
