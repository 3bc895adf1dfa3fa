"""Choosing: from the words to the containers, the same ones for the same seed."""

from __future__ import annotations

import difflib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archkit.drills.victims.members import Member, Population
from archkit.drills.victims.probes import PrimaryProbe, primary_among
from archkit.drills.victims.selector import PRIMARY, STANDBY, Victim
from archkit.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Who was chosen, and how.

    Args:
        victim: The words.
        members: Who was chosen; empty only for a whole zone in which nothing of the stack runs.
        candidates: Among how many.
        seed: Chooses the same again while the same members run.
        losses: What is lost meanwhile, where the chosen ones are all there are.

    """

    victim: Victim
    members: tuple[Member, ...]
    candidates: int
    seed: int
    losses: tuple[str, ...] = ()

    def describe(self) -> str:
        """One line for the report: the words, the names, among how many, the seed."""
        names = ", ".join(one.name for one in self.members) or "nothing"
        return f"{self.victim}: {names} ({len(self.members)} of {self.candidates}, seed {self.seed})"


def select(
    victim: Victim,
    population: Population,
    *,
    seed: int = 0,
    force: bool = False,
    probes: Sequence[PrimaryProbe] = (),
) -> Selection:
    """The members that a victim's words mean.

    Args:
        victim: Whom to harm.
        population: Who runs.
        seed: Decides between equals; the same seed and members give the same choice.
        force: Choose them even where nobody is left.
        probes: How primaries are asked for.

    Raises:
        UserError: Nobody like that runs, too few run, or (without `force`) nobody would be left, with what is lost.

    """
    candidates = _candidates(victim, population, probes)
    chosen = _chosen(victim, candidates, seed)
    losses = tuple(_losses(chosen, population))
    # "all of" and a zone say themselves that nobody is left; one that turns out to be the last is a surprise.
    if losses and victim.count and not force:
        message = (
            f"victim: {victim} is the only one ({', '.join(one.name for one in chosen)}); meanwhile "
            f"{'; '.join(losses)}; --force where that is what you want to try"
        )
        raise UserError(message)
    return Selection(victim=victim, members=tuple(chosen), candidates=len(candidates), seed=seed, losses=losses)


def _candidates(victim: Victim, population: Population, probes: Sequence[PrimaryProbe]) -> list[Member]:
    found = list(population.members)
    if victim.component:
        _known(victim.component, population)
        found = [one for one in found if one.component == victim.component]
        if not found:
            message = f"victim: {victim.component} is in the design, but nothing of it runs in {population.stack}"
            raise UserError(message + _silent(population))
    if victim.role in {PRIMARY, STANDBY}:
        primary = primary_among(found, probes, victim.component)
        # Proxies, pools and whoever votes are of the component, and no standbys.
        asked = [one for one in found if any(probe.handles(one) for probe in probes)]
        found = [one for one in asked if (one == primary) == (victim.role == PRIMARY)]
    elif victim.role:
        found = _with_role(victim, found, population)
    if victim.zone:
        _zone(victim.zone, population)
        found = [one for one in found if one.zone == victim.zone]
    if not found and not victim.whole_zone:
        raise UserError(f"victim: {victim}: nobody like that runs in {population.stack}" + _silent(population))
    return found


def _known(component: str, population: Population) -> None:
    if component in population.components:
        return
    names = list(population.components)
    near = difflib.get_close_matches(component, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names) or 'none'}"
    message = f"victim: must be a component of {population.stack}, got {component!r}; {hint}"
    raise UserError(message + _silent(population))


def _with_role(victim: Victim, members: list[Member], population: Population) -> list[Member]:
    found = [one for one in members if one.role == victim.role]
    if found:
        return found
    roles = sorted({one.role for one in members if one.role})
    near = difflib.get_close_matches(victim.role, roles, n=1, cutoff=0.5)
    whose = f"of {victim.component}" if victim.component else f"in {population.stack}"
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(roles) or 'none'}"
    message = f"victim: must be a role {whose}, got {victim.role!r}; {hint}"
    raise UserError(message + _silent(population))


def _zone(zone: str, population: Population) -> None:
    if zone in population.zones:
        return
    there = ", ".join(population.zones)
    message = f"victim: must be a zone of {population.stack}, got {zone!r}; " + (
        f"there are: {there}" if there else "there are none: archkit lab up makes three"
    )
    raise UserError(message)


def _chosen(victim: Victim, candidates: list[Member], seed: int) -> list[Member]:
    if victim.count == 0:
        return candidates
    if victim.count > len(candidates):
        message = f"victim: {victim}: must be at most the {len(candidates)} that run, got {victim.count}"
        raise UserError(message)
    # Sorted by name, not by id: ids differ from run to run, and a seed should mean the same replica again.
    ordered = sorted(candidates, key=lambda one: (one.name, one.container))
    chosen = random.Random(seed).sample(ordered, victim.count)  # noqa: S311 - a choice that can be repeated
    return sorted(chosen, key=lambda one: (one.name, one.container))


def _losses(chosen: Iterable[Member], population: Population) -> list[str]:
    """For each component of which nobody that serves is left: what clients and data are without."""
    gone = {one.container for one in chosen}
    losses: list[str] = []
    for component in sorted({one.component for one in population.members if one.container in gone}):
        everybody = [one for one in population.members if one.component == component]
        if any(one.container not in gone and one.serves for one in everybody):
            continue
        sick = [one for one in everybody if one.container not in gone]
        text = f"nothing serves {component}"
        if sick:
            text += f" (the other {len(sick)} are unhealthy)"
        if volumes := sorted({volume for one in everybody for volume in one.volumes}):
            text += f", and what its volume {', '.join(volumes)} holds cannot be reached"
        losses.append(text)
    return losses


def _silent(population: Population) -> str:
    return f" (no answer from {', '.join(population.silent)})" if population.silent else ""
