"""Who is the primary of a PostgreSQL cluster: asked inside each member, of the server itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archkit.drills.victims.members import Member
from components.naming import IMAGES

IMAGE_OF_POSTGRESQL = f"{IMAGES}/postgresql:"
_SOCKETS = "/tmp"  # noqa: S108 - of the member's container, which has one user
_EXEC_FAILED = "asking it in its container failed"


@dataclass(frozen=True, kw_only=True)
class PostgresProbe:
    """Asks PostgreSQL whether it recovers from another: who does not takes writes.

    Over the socket in the member's container, where the system's own account is let in without a password.
    """

    seconds: int = 3

    def handles(self, member: Member) -> bool:
        return member.role == "member" and member.image.startswith(IMAGE_OF_POSTGRESQL)

    def is_primary(self, member: Member) -> bool:
        question = ["psql", "--no-psqlrc", "-Atc", "SELECT pg_is_in_recovery()", "-h", _SOCKETS, "postgres"]
        answer = inside(member, ["timeout", str(self.seconds), *question])
        if answer not in {"t", "f"}:
            message = f"pg_is_in_recovery() must be t or f, got {answer!r}"
            raise OSError(message)
        return answer == "f"


def inside(member: Member, command: list[str]) -> str:
    """What a command in a member's container printed.

    Raises:
        OSError: It did not end well; what it printed.

    """
    api: Any = member.host.api
    made = api.exec_create(member.container, command, stdout=True, stderr=True)
    printed = bytes(api.exec_start(made["Id"])).decode(errors="replace").strip()
    code = api.exec_inspect(made["Id"])["ExitCode"]
    if code != 0:
        message = f"{_EXEC_FAILED} with {code}: {printed[-200:]}"
        raise OSError(message)
    return printed
