"""Changes to a Swarm service's specification: read, change, write, again if somebody else was faster."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from docker.errors import APIError

from archkit.drills.faults.container import asked
from archkit.drills.faults.fault import Fault
from archkit.drills.faults.host import FaultError, Host

LABEL = "archkit.fault"
"""Label of a service that a fault has changed: the fault's id."""

_TRIES = 8


def specification(host: Host, service: str) -> Mapping[str, Any] | None:
    """A service's specification; None where there is no such service."""
    found = _inspect(host, service)
    return found["Spec"] if found else None


def change(host: Host, service: str, edit: Callable[[dict[str, Any]], bool]) -> bool:
    """Edits a service's specification in place.

    Args:
        host: A manager.
        service: Id or name.
        edit: Changes the specification it is given; False where nothing is to change.

    Returns:
        Whether the service was updated; False too where it is gone.

    Raises:
        FaultError: The manager refused, or others changed the service eight times in a row meanwhile.

    """
    for _ in range(_TRIES):
        found = _inspect(host, service)
        if found is None:
            return False
        wanted = deepcopy(dict(found["Spec"]))
        if not edit(wanted):
            return False
        # Not docker-py's update_service: it rebuilds the specification, and leaves out what it does not know.
        api = host.api
        reply = api.post(
            f"{api.base_url}/v{api.api_version}/services/{found['ID']}/update",
            params={"version": found["Version"]["Index"]},
            json=wanted,
        )
        if reply.ok:
            return True
        if "out of sequence" not in reply.text:
            message = f"update service {service}: {reply.text.strip()}"
            raise FaultError(message)
    message = f"update service {service}: changed by somebody else {_TRIES} times in a row"
    raise FaultError(message)


def _inspect(host: Host, service: str) -> Mapping[str, Any] | None:
    with asked(f"inspect service {service}", gone_is_fine=False):
        try:
            found: Mapping[str, Any] = host.api.inspect_service(service)
        except APIError as error:
            if error.status_code == 404:
                return None
            raise
        return found


def _labels(spec: Mapping[str, Any]) -> dict[str, str]:
    return spec.get("Labels") or {}


@dataclass(frozen=True, kw_only=True)
class ServiceFault(Fault, ABC):
    """A fault of one Swarm service.

    Args:
        service: Its name.

    """

    service: str

    def check(self) -> list[str]:
        if problems := self.host.daemon_problems():
            return problems
        if not self.host.client.info().get("Swarm", {}).get("ControlAvailable"):
            return [f"host {self.host.name}: must be a Swarm manager; only those change services"]
        spec = specification(self.host, self.service)
        if spec is None:
            return [f"service {self.service}: must exist, but Swarm knows no such service"]
        if held := _labels(spec).get(LABEL):
            return [f"service {self.service}: fault {held} is still in it; archkit drill --heal undoes it"]
        return []

    def marked(self, spec: Mapping[str, Any]) -> bool:
        """Whether a specification still carries this fault."""
        return _labels(spec).get(LABEL) == self.id

    def mark(self, spec: dict[str, Any]) -> None:
        """Writes this fault's id onto a specification."""
        spec["Labels"] = {**_labels(spec), LABEL: self.id}

    def unmark(self, spec: dict[str, Any]) -> None:
        """Takes this fault's id off a specification."""
        spec["Labels"] = {name: value for name, value in _labels(spec).items() if name != LABEL}
