"""What a lint rule says."""

from __future__ import annotations

from dataclasses import dataclass

from topology.model import Model


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that an architect would ask about.

    Args:
        rule: `no-route-out`, `no-targets`, `unused-bucket`, `open-to-the-world`, `single-zone`.
        urn: The resource; empty for a tier that is made of several.
        subject: Id of the node or container in the picture.
        label: What it is called there.
        place: `stacks/web.py:42`; empty where it is not known.
        reason: What is wrong, and why that matters.
        remedy: What to do.

    """

    rule: str
    urn: str
    subject: str
    label: str
    place: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.label}: {self.reason}; {self.remedy} [{self.rule}]"


def finding(model: Model, rule: str, subject: str, *, urn: str, label: str, reason: str, remedy: str) -> Finding:
    """A finding with its place filled in."""
    return Finding(rule=rule, urn=urn, subject=subject, label=label, place=model.at(urn), reason=reason, remedy=remedy)
