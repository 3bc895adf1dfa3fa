"""The label of a service that has a few replicas more than wanted for a while, so that its zones get level.

It says how many go again, and is set in the same change as the raised count: the swarm keeps both or neither. So
whoever leads next finishes it, and neither a crash nor a new leader leaves the service raised or lowers it twice. It is
on the service, not on its tasks: setting it restarts nothing. It also says what the count was raised to: another one is
somebody else's decision (`docker service scale`) and stays.

A deployment in between takes the label away, since no program declares it. It also sets the count, and so ends the
levelling; but not of a service that is scaled, whose count deployments keep: that would stay raised. The swarm still
knows the specification before the last one (`PreviousSpec`), with the label and the same count: the label is put back.
Where a deployment is rolled back, it comes back with the count.

Decision record: docs/adr/0008-zones-are-levelled-by-count.md.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LEVELLING = "archkit.levelling"
# As long as a design lets a replica start, unless it says otherwise (`health.start_seconds`).
HOLD_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Levelling:
    """What the label says.

    Args:
        extra: How many replicas go again; 0 where it cannot be read or somebody else has set the count since: nobody
            goes, and the label alone is to be taken away.
        raised: The count with them.
        since: Unix time when they came.

    """

    extra: int
    raised: int
    since: float

    def overdue(self, now: float) -> bool:
        """Whether its replicas should long be healthy; also where a clock ran backwards."""
        return not 0 <= now - self.since < HOLD_SECONDS


_NOBODY = Levelling(extra=0, raised=0, since=0)


def read(spec: Mapping[str, Any]) -> Levelling | None:
    """What a service's specification says; None without the label."""
    labels: Mapping[str, str] = spec.get("Labels") or {}
    told = labels.get(LEVELLING)
    if told is None:
        return None
    try:
        said = json.loads(told)
        found = Levelling(extra=int(said["extra"]), raised=int(said["raised"]), since=float(said["since"]))
    except (ValueError, TypeError, LookupError, OverflowError):
        return _NOBODY
    return found if 0 < found.extra < found.raised == _count(spec) else _NOBODY


def lost(found: Mapping[str, Any], scaling: str) -> Levelling | None:
    """What a deployment took away from a service that is still raised; None where nothing is to be put back.

    Args:
        found: The service as Docker tells it.
        scaling: The label of services whose count deployments keep.

    """
    before: Mapping[str, Any] | None = found.get("PreviousSpec")
    told = read(before) if before else None
    if told is None or not told.extra or _count(found["Spec"]) != told.raised:
        return None
    labels: Mapping[str, str] = found["Spec"].get("Labels") or {}
    return told if scaling in labels and LEVELLING not in labels else None


def raise_by(spec: dict[str, Any], count: int, extra: int, now: float) -> bool:
    """So many replicas more, and the label; not where the count is another by now, or somebody has raised it.

    Args:
        spec: Changed in place.
        count: As it was seen.
        extra: How many more.
        now: Unix time.

    """
    if _count(spec) != count or read(spec) is not None:
        return False
    spec["Mode"]["Replicated"]["Replicas"] = count + extra
    _put(spec, Levelling(extra=extra, raised=count + extra, since=round(now)))
    return True


def put_back(spec: dict[str, Any], told: Levelling) -> bool:
    """The label that a deployment took away, unless the count is another by now."""
    if _count(spec) != told.raised or read(spec) is not None:
        return False
    _put(spec, told)
    return True


def end(spec: dict[str, Any]) -> bool:
    """Takes the label away, and as many replicas as were added."""
    told = read(spec)
    if told is None:
        return False
    if told.extra:
        spec["Mode"]["Replicated"]["Replicas"] -= told.extra
    del spec["Labels"][LEVELLING]
    return True


def set_wanted(spec: dict[str, Any], seen: int, wanted: int) -> bool:
    """Another count of those that stay; not where it is no longer what was seen.

    Args:
        spec: Changed in place.
        seen: Those that stay, as they were seen.
        wanted: How many shall stay.

    """
    told = read(spec)
    extra = told.extra if told else 0
    if _count(spec) - extra != seen:
        return False
    spec["Mode"]["Replicated"]["Replicas"] = wanted + extra
    if told and told.extra:
        _put(spec, Levelling(extra=extra, raised=wanted + extra, since=told.since))
    return True


def _put(spec: dict[str, Any], told: Levelling) -> None:
    labels: dict[str, str] = spec.get("Labels") or {}
    spec["Labels"] = {**labels, LEVELLING: json.dumps(asdict(told))}


def _count(spec: Mapping[str, Any]) -> int:
    replicated: Mapping[str, int] = spec["Mode"].get("Replicated") or {}
    return replicated.get("Replicas", 0)
