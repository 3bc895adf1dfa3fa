"""What the surroundings tell a replica, from environment variables."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

MAX_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of one replica.

    Args:
        port: TCP port to listen on (`PORT`).
        replica: Who answers (`ARCHKIT_REPLICA`; by default the host's name).
        zone: Where it runs (`ARCHKIT_ZONE`).
        unready_seconds: How long it serves on, unready, after SIGTERM (`ARCHKIT_UNREADY_SECONDS`).
        grace_seconds: How long requests in flight may take after that (`ARCHKIT_GRACE_SECONDS`).

    """

    port: int = 8080
    replica: str = ""
    zone: str = "unknown"
    unready_seconds: float = 5.0
    grace_seconds: int = 5

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings that the environment gives; a ValueError lists every one that makes no sense."""
        problems: list[str] = []

        def number(name: str, default: float, low: float, high: float) -> float:
            value, problem = _number(name, environment.get(name) or str(default), low, high)
            problems.extend(problem)
            return value

        made = cls(
            port=int(number("PORT", cls.port, 1, 65535)),
            replica=environment.get("ARCHKIT_REPLICA") or socket.gethostname(),
            zone=environment.get("ARCHKIT_ZONE") or cls.zone,
            unready_seconds=number("ARCHKIT_UNREADY_SECONDS", cls.unready_seconds, 0, MAX_SECONDS),
            grace_seconds=int(number("ARCHKIT_GRACE_SECONDS", cls.grace_seconds, 1, MAX_SECONDS)),
        )
        if problems:
            raise ValueError("\n".join(problems))
        return made


def _number(name: str, text: str, low: float, high: float) -> tuple[float, list[str]]:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if low <= value <= high:
        return value, []
    return low, [f"{name}: must be {low} to {high}, got {text!r}; the replica would not run as meant"]
