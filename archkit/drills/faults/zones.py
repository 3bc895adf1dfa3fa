"""A whole zone gone: its power, or its cable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from archkit.drills.faults.fault import Fault
from archkit.drills.faults.host import FaultError


class ZoneSwitch(Protocol):
    """Who has power over zones: the lab. All are idempotent and return once it is so."""

    def zones(self) -> tuple[str, ...]:
        """The zones there are, by name."""
        ...

    def zone_down(self, zone: str, cut: bool) -> None:
        """Takes a zone's power, or with `cut` only its cable."""
        ...

    def zone_up(self, zone: str) -> None:
        """Gives both back."""
        ...


@dataclass(frozen=True, kw_only=True)
class _ZoneFault(Fault):
    """A fault of one zone.

    Args:
        zone: Its name.
        switch: Who can do it; not written down, so healing in another process is given it again.

    """

    zone: str
    switch: ZoneSwitch | None = field(default=None, compare=False, repr=False, metadata={"transient": True})

    def check(self) -> list[str]:
        if self.switch is None:
            return [
                f"zone {self.zone}: needs zones that can be taken down, and this machine has none; archkit lab up makes"
                " three (Linux, root)"
            ]
        known = self.switch.zones()
        if self.zone not in known:
            return [f"zone: must be one of {', '.join(known)}, got {self.zone!r}"]
        return []

    def heal(self) -> None:
        self._switch().zone_up(self.zone)

    def _switch(self) -> ZoneSwitch:
        if self.switch is None:
            message = f"zone {self.zone}: nothing here has power over zones; archkit lab zone-up {self.zone}"
            raise FaultError(message)
        return self.switch


@dataclass(frozen=True, kw_only=True)
class ZoneKilled(_ZoneFault):
    """A zone's power fails: its daemon and all of its containers die in the same instant."""

    kind: ClassVar[str] = "zone-killed"

    def inject(self) -> None:
        self._switch().zone_down(self.zone, cut=False)

    def describe(self) -> str:
        return f"kills zone {self.zone}: its machine and all that runs there, at once"


@dataclass(frozen=True, kw_only=True)
class ZoneCut(_ZoneFault):
    """A zone's cable is pulled: all runs on in there, and nobody reaches it."""

    kind: ClassVar[str] = "zone-cut"

    def inject(self) -> None:
        self._switch().zone_down(self.zone, cut=True)

    def describe(self) -> str:
        return f"cuts zone {self.zone} off: all runs on in there, nobody reaches it"
