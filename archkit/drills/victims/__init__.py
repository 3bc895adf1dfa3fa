"""Victims by role: from words to running containers."""

from archkit.drills.victims.members import Member, Population, components_of, populate
from archkit.drills.victims.probes import PrimaryProbe, primary_among
from archkit.drills.victims.select import Selection, select
from archkit.drills.victims.selector import Victim, all_of, in_zone, load_balancer, one, primary_of

__all__ = [
    "Member",
    "Population",
    "PrimaryProbe",
    "Selection",
    "Victim",
    "all_of",
    "components_of",
    "in_zone",
    "load_balancer",
    "one",
    "populate",
    "primary_among",
    "primary_of",
    "select",
]
