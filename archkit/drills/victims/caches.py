"""Who is the primary of a cache: asked inside each member, of Valkey itself."""

from __future__ import annotations

from dataclasses import dataclass

from archkit.drills.victims.databases import inside
from archkit.drills.victims.members import Member
from components.naming import IMAGES

IMAGE_OF_VALKEY = f"{IMAGES}/valkey:"


@dataclass(frozen=True, kw_only=True)
class ValkeyProbe:
    """Asks Valkey for its role, as the member's own user.

    One that takes itself for the primary and is followed by nobody takes no writes: it was frozen or cut off.
    """

    seconds: int = 3

    def handles(self, member: Member) -> bool:
        return member.role == "member" and member.image.startswith(IMAGE_OF_VALKEY)

    def is_primary(self, member: Member) -> bool:
        said = inside(member, ["timeout", str(self.seconds), "cache-ask", "127.0.0.1", "6379", "ROLE"]).split()
        if not said or said[0] not in {"master", "slave"}:
            message = f"ROLE must be master or slave, got {said[:1]}"
            raise OSError(message)
        return said[0] == "master" and len(said) > 2
