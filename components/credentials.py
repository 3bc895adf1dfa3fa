"""How an application proves who it is to what it is linked to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pulumi

from components.connect import Endpoint


class CredentialSource(StrEnum):
    """Where a linked application finds its password, each time it connects.

    `file`: it reads the file that `<NAME>_PASSWORD_FILE` names. `iam`: it asks its own role for a token that lives
    15 minutes, in the region that `<NAME>_REGION` names. `none`: nobody asks, and only the network keeps others out.
    """

    FILE = "file"
    IAM = "iam"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """How an application proves who it is; never a password itself.

    Args:
        source: Where the password comes from.
        user: As whom to connect; empty where nobody asks.
        password_file: Absolute path in the application's container, for `file`.
        region: For `iam`: where the token is valid.
        identity: For `iam`: the name that a token is signed for where it is not the host's (ElastiCache).

    """

    source: CredentialSource
    user: str = ""
    password_file: str | None = None
    region: str | None = None
    identity: pulumi.Input[str] | None = None

    @property
    def variables(self) -> Mapping[str, pulumi.Input[str]]:
        """What a linked service is told: `CREDENTIALS`, `USER`, `PASSWORD_FILE`, `REGION`, `IDENTITY`."""
        told: dict[str, pulumi.Input[str] | None] = {
            "CREDENTIALS": self.source.value,
            "USER": self.user or None,
            "PASSWORD_FILE": self.password_file,
            "REGION": self.region,
            "IDENTITY": self.identity,
        }
        return {key: value for key, value in told.items() if value is not None}


def endpoint_variables(role: str, endpoint: Endpoint) -> Mapping[str, pulumi.Input[str]]:
    """What a linked service is told of one more endpoint: `READER_URL`, `READER_HOST`, `READER_PORT`."""
    return {f"{role}_URL": endpoint.url, f"{role}_HOST": endpoint.host, f"{role}_PORT": str(endpoint.port)}
