"""Who is the primary: asked of the engine itself, never guessed from a name or an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from archkit.drills.victims.members import Member
from archkit.errors import UserError


class PrimaryProbe(Protocol):
    """Asks one engine's members who they are; each engine of the kit brings one."""

    def handles(self, member: Member) -> bool:
        """Whether the member runs this probe's engine."""
        ...

    def is_primary(self, member: Member) -> bool:
        """Whether the member takes writes now.

        Raises:
            Exception: It does not answer; then it is no primary that clients could use.

        """
        ...


def primary_among(members: Sequence[Member], probes: Sequence[PrimaryProbe], component: str) -> Member:
    """The one member that says that it is the primary.

    Raises:
        UserError: Nobody can be asked, nobody says so, or more than one does.

    """
    asked: dict[str, str] = {}
    primaries: list[Member] = []
    for member in members:
        probe = next((probe for probe in probes if probe.handles(member)), None)
        if probe is None:
            continue
        try:
            found = probe.is_primary(member)
        except Exception as error:
            asked[member.name] = f"no answer ({error})"
            continue
        asked[member.name] = "primary" if found else "not primary"
        if found:
            primaries.append(member)
    if not asked:
        message = (
            f"the primary of {component}: nothing here can ask who that is: none of its "
            f"{len(members)} members runs an engine with a primary; name a replica instead: one of {component}"
        )
        raise UserError(message)
    if len(primaries) == 1:
        return primaries[0]
    said = ", ".join(f"{name}: {answer}" for name, answer in sorted(asked.items()))
    rule = "no member says that it is" if not primaries else f"{len(primaries)} members say that they are (split brain)"
    message = f"the primary of {component}: must be exactly one, but {rule}; {said}"
    raise UserError(message)
