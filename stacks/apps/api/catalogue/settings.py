"""What the surroundings tell a replica of the catalogue, besides what all replicas are told."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from appkit.links import Link
from appkit.settings import Settings as Replica

from catalogue.caching import Policy

# Name in the environment, field of the policy, least, most.
_SECONDS = (
    ("CACHE_FRESH_SECONDS", "fresh_seconds", 0.1, 100.0),  # above 100 s, an entry would outlive a write's mark
    ("CACHE_STALE_SECONDS", "stale_seconds", 0.0, 86_400.0),
    ("CACHE_KEEP_SECONDS", "keep_seconds", 0.0, 604_800.0),
    ("CACHE_NEGATIVE_SECONDS", "negative_seconds", 0.0, 100.0),
)


@dataclass(frozen=True, kw_only=True)
class Settings(Replica):
    """Settings of one replica.

    Args:
        database: Where products are (`DATABASE_*`).
        cache: Where answers are kept (`CACHE_*`).
        policy: How long (`CACHE_FRESH_SECONDS`, `CACHE_STALE_SECONDS`, `CACHE_KEEP_SECONDS`, `CACHE_NEGATIVE_SECONDS`).
        connections: To each of the database's endpoints at most (`DATABASE_CONNECTIONS`).
        client_seconds: How long layers above may keep an answer (`CLIENT_SECONDS`): nobody can take it back.
        request_seconds: How long a request may take (`REQUEST_SECONDS`): less than the load balancer waits, 1.5 s
            locally, or it asks another replica as well, and a write ends without a word of what became of it.
        protection: False takes away that reads go on without the cache (`ARCHKIT_PROTECTION`): a control of drills.

    """

    database: Link
    cache: Link
    policy: Policy = field(default_factory=Policy)
    connections: int = 8
    client_seconds: int = 5
    request_seconds: float = 1.2
    protection: bool = True

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings that the environment gives; a ValueError lists every one that makes no sense."""
        problems: list[str] = []
        replica = _replica(environment, problems)
        database = Link.of("DATABASE", environment, problems)
        cache = Link.of("CACHE", environment, problems)
        default = Policy()
        policy = Policy(
            **{
                key: _number(environment, name, getattr(default, key), (low, high), problems)
                for name, key, low, high in _SECONDS
            }
        )
        connections = int(_number(environment, "DATABASE_CONNECTIONS", 8, (1, 100), problems))
        client_seconds = int(_number(environment, "CLIENT_SECONDS", 5, (0, 86_400), problems))
        request_seconds = _number(environment, "REQUEST_SECONDS", 1.2, (0.2, 60), problems)
        if problems:
            raise ValueError("\n".join(problems))
        return cls(
            **{name: getattr(replica, name) for name in Replica.__dataclass_fields__},
            database=database,
            cache=cache,
            policy=policy,
            connections=connections,
            client_seconds=client_seconds,
            request_seconds=request_seconds,
            protection=environment.get("ARCHKIT_PROTECTION") != "false",
        )


def _replica(environment: Mapping[str, str], problems: list[str]) -> Replica:
    try:
        return Replica.of(environment)
    except ValueError as error:
        problems += str(error).splitlines()
        return Replica()


def _number(
    environment: Mapping[str, str], name: str, default: float, limits: tuple[float, float], problems: list[str]
) -> float:
    low, high = limits
    text = environment.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        problems.append(f"{name}: must be {low:g} to {high:g}, got {text[:40]!r}; the replica would not run as meant")
        return default
    return value
