"""Whom a drill harms, in words: "one replica of web", "the primary of orders", "all of cache", "zone b".

victim    = "zone" NAME | selection [ "in zone" NAME ]
selection = count [ role ] "of" COMPONENT      one replica of web, two of web, the primary of orders
          | "all" [ role ] "of" COMPONENT      all of cache, all replicas of web
          | [ "the" | count | "all" ] role     load balancer, one load balancer, all load balancers
count     = "one" | "a" | "an" | "the" | "two" ... "nine" | a number
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archkit.errors import UserError

_NUMBERS = {
    "a": 1, "an": 1, "the": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
}  # fmt: skip
_WORDS = {number: word for word, number in _NUMBERS.items() if word not in {"a", "an", "the"}}
_PLURALS = {"standbys": "standby", "standbies": "standby", "primaries": "primary", "proxies": "proxy"}
_ZONE = re.compile(r"\s+in\s+zone\s+(?P<zone>\S+)$")
_ANY_ROLE = {"instance", "member", "task", "container"}
_RESERVED = {"of", "zone", "in", "all"}
_NAME = r"[a-z0-9][a-z0-9_-]*"
PRIMARY = "primary"
STANDBY = "standby"
_EXAMPLES = '"one replica of web", "the primary of orders", "all of cache", "load balancer", "zone b"'


@dataclass(frozen=True, kw_only=True)
class Victim:
    """Whom a drill harms.

    Args:
        component: The design's name: `web`; empty where the role alone says it.
        role: `replica`, `load-balancer`, `primary`, `standby`; empty is any.
        count: How many; 0 is all of them.
        zone: Only those in that zone. Without component and role: the zone itself.

    """

    component: str = ""
    role: str = ""
    count: int = 1
    zone: str = ""

    def __post_init__(self) -> None:
        problems: list[str] = []
        if self.count < 0:
            problems.append(f"victim/count: must be 0 (all) or more, got {self.count}")
        if not self.component and not self.role and not self.zone:
            problems.append("victim: needs a component, a role or a zone, got none of them")
        if self.role == PRIMARY and not self.component:
            problems.append("victim: the primary of what? say: the primary of orders")
        if self.role == PRIMARY and self.count != 1:
            problems.append(f"victim/count: must be 1 for a primary, got {self.count}; there is one")
        if problems:
            raise UserError.of(problems)

    @property
    def whole_zone(self) -> bool:
        """Whether the zone itself is the victim, not something in it."""
        return not self.component and not self.role

    @classmethod
    def parse(cls, text: str) -> Victim:
        """The victim that words name; capitals and spaces do not matter.

        Raises:
            UserError: Not understood; the text shows what would be.

        """
        words = " ".join(text.lower().split())
        if match := re.fullmatch(rf"(?:the )?zone (?P<zone>{_NAME})", words):
            return cls(zone=match["zone"], count=0)
        zone = ""
        if match := _ZONE.search(words):
            zone, words = match["zone"], words[: match.start()]
        what, of, component = words.partition(" of ")
        if of and not re.fullmatch(_NAME, component):
            raise _not_understood(text)
        count, role = _selection(what, text)
        if _RESERVED & set(role.split("-")) or (not of and role in {"", *_ANY_ROLE}):
            raise _not_understood(text)
        return cls(component=component, role="" if role in _ANY_ROLE else role, count=count, zone=zone)

    def __str__(self) -> str:
        if self.whole_zone:
            return f"zone {self.zone}"
        place = f" in zone {self.zone}" if self.zone else ""
        whose = f" of {self.component}" if self.component else ""
        role = self.role.replace("-", " ")
        if self.role == PRIMARY:
            return f"the primary{whose}{place}"
        if self.count == 0:
            return f"all{f' {_plural(role)}' if role else ''}{whose}{place}"
        number = _WORDS.get(self.count, str(self.count))
        return f"{number}{f' {role if self.count == 1 else _plural(role)}' if role else ''}{whose}{place}"


def one(component: str, *, role: str = "", zone: str = "") -> Victim:
    """One of a component."""
    return Victim(component=component, role=role, zone=zone)


def all_of(component: str, *, role: str = "", zone: str = "") -> Victim:
    """All of a component."""
    return Victim(component=component, role=role, zone=zone, count=0)


def primary_of(component: str) -> Victim:
    """The primary of a component, asked for when it is selected."""
    return Victim(component=component, role=PRIMARY)


def load_balancer() -> Victim:
    """One load balancer."""
    return Victim(role="load-balancer")


def in_zone(zone: str) -> Victim:
    """A zone, whatever is in it."""
    return Victim(zone=zone, count=0)


def _selection(what: str, text: str) -> tuple[int, str]:
    """Count and role in "one replica", "all load balancers", "load balancer"."""
    first, _, rest = what.partition(" ")
    if first == "all":
        return 0, _singular(rest.removeprefix("the ").strip())
    if first in _NUMBERS or first.isdigit():
        count = _NUMBERS.get(first) or int(first)
        if count == 0:
            raise _not_understood(text)
        return count, _singular(rest)
    if not re.fullmatch(r"[a-z -]+", what):
        raise _not_understood(text)
    return 1, _singular(what)


def _singular(role: str) -> str:
    words = role.strip()
    words = _PLURALS.get(words, words)
    if words.endswith("s") and not words.endswith("ss"):
        words = words[:-1]
    return words.replace(" ", "-")


def _plural(role: str) -> str:
    return f"{role[:-1]}ies" if role.endswith("y") else f"{role}s"


def _not_understood(text: str) -> UserError:
    return UserError(f"victim: must read like {_EXAMPLES}, got {text!r}")
