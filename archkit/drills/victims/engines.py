"""The engines that have a primary, each with its way to ask who that is."""

from __future__ import annotations

from archkit.drills.victims.caches import ValkeyProbe
from archkit.drills.victims.databases import PostgresProbe
from archkit.drills.victims.probes import PrimaryProbe

PROBES: tuple[PrimaryProbe, ...] = (PostgresProbe(), ValkeyProbe())
