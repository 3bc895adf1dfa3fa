"""Makes and removes the lab, and switches its zones off and on."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

from docker.errors import DockerException

from archkit import console
from archkit.errors import UserError
from archkit.lab import fabric, power, requirements, swarm
from archkit.lab.layout import Lab, Zone
from archkit.lab.state import remains

_TRIES = 3  # once in five restarts containerd did not start in time: the zone is switched off and on again


def up(lab: Lab) -> None:
    """Three ready zones in one swarm; what is there already, also after a crash half-way, is completed.

    Raises:
        UserError: This host cannot have a lab, each reason a line; or a zone did not come up.

    """
    if found := requirements.problems(lab):
        raise UserError(*found)
    with console.step("network of the lab"):
        fabric.build(lab)
    with console.step("a Docker daemon in each zone"), ThreadPoolExecutor() as pool:
        list(pool.map(_ensure_on, lab.zones))
    with console.step("one swarm of all zones"):
        swarm.join(lab)


def down(lab: Lab) -> None:
    """Removes every trace.

    Raises:
        UserError: Something is left, each thing a line.

    """
    for zone in lab.zones:
        power.kill(zone)
    fabric.remove(lab)
    shutil.rmtree(lab.root, ignore_errors=True)
    if left := remains(lab):
        raise UserError(*(f"lab: nothing must be left, got {one}" for one in left))


def zone_down(lab: Lab, zone: Zone, *, cut: bool) -> None:
    """Takes a zone away: its power, or, with `cut`, only its network."""
    if cut:
        fabric.pull_cable(lab, zone)
    else:
        power.kill(zone)


def zone_up(lab: Lab, zone: Zone) -> None:
    """Gives a zone back what it lacks: cable, power, or both; returns as soon as its daemon answers."""
    fabric.plug_cable(lab, zone)
    _ensure_on(zone)


def _ensure_on(zone: Zone) -> None:
    for attempt in range(1, _TRIES + 1):
        try:
            if not power.is_on(zone):
                power.start(zone)
            swarm.wait_for_daemon(zone)
        except (UserError, DockerException) as error:
            power.kill(zone)
            if attempt == _TRIES:
                message = f"lab: zone {zone.name} did not come up in {_TRIES} tries; {error}; {power.last_lines(zone)}"
                raise UserError(message) from error
        else:
            return
