"""Three real zones on one Linux machine: a Docker daemon each, joined into one swarm; any of them can really die."""

from archkit.lab.layout import Lab, Zone
from archkit.lab.lifecycle import down, up, zone_down, zone_up
from archkit.lab.state import ZoneState, remains, status

__all__ = ["Lab", "Zone", "ZoneState", "down", "remains", "status", "up", "zone_down", "zone_up"]
