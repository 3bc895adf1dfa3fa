"""Questions about who leads a cache that expectations ask."""

from __future__ import annotations

from collections.abc import Callable

from archkit.drills.deployed import Deployed
from archkit.drills.observe import healthy, seldom
from archkit.drills.victims.engines import PROBES
from archkit.drills.victims.members import Member
from archkit.drills.victims.probes import primary_among
from archkit.errors import UserError


def another_leads(deployed: Deployed, component: str, before: Member) -> Callable[[], bool]:
    """Whether a member leads that is not the one of before; that one is not asked: frozen, it would not answer.

    Nor is its successor, the same service's next container: one that leads again has emptied all others.
    """
    return seldom(lambda: _leader(deployed, component, without=before) is not None)


def one_leads(deployed: Deployed, component: str) -> Callable[[], bool]:
    """Whether exactly one member says that it leads."""
    return seldom(lambda: _leader(deployed, component) is not None)


def _leader(deployed: Deployed, component: str, *, without: Member | None = None) -> str | None:
    asked = healthy(deployed, component, "member")
    others = [one for one in asked if without is None or one.service != without.service]
    try:
        return primary_among(others, PROBES, component).container
    except UserError:
        return None
