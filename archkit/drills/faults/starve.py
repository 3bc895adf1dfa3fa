"""A container that gets less of the machine than it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from archkit.drills.faults.container import ContainerFault, asked
from archkit.drills.faults.host import FaultError

_NANO = 1_000_000_000
_PERIOD_MICROSECONDS = 100_000
_MIN_CPUS = 0.01
_MIN_MEMORY_BYTES = 6 * 1024 * 1024
_FIELDS = ("NanoCpus", "CpuQuota", "CpuPeriod", "Memory", "MemorySwap")


@dataclass(frozen=True, kw_only=True)
class Starve(ContainerFault):
    """Lowers a running container's CPU or memory limit, and gives back what it had.

    Args:
        cpus: What it may use of the CPUs, from 0.01; 0 leaves that alone.
        memory_bytes: What it may use, from 6 MiB, with no swap; 0 leaves that alone. Less than it uses now makes
            the kernel take its pages, or kill it.
        before: The limits before, in Docker's words; `prepared` fills it in.

    """

    kind: ClassVar[str] = "starve"

    cpus: float = 0
    memory_bytes: int = 0
    before: Mapping[str, int] | None = None

    def check(self) -> list[str]:
        problems: list[str] = []
        if self.cpus and self.cpus < _MIN_CPUS:
            problems.append(f"starve/cpus: must be 0 or from {_MIN_CPUS}, got {self.cpus}; Docker takes no less")
        if self.memory_bytes and self.memory_bytes < _MIN_MEMORY_BYTES:
            problems.append(
                f"starve/memory_bytes: must be 0 or from {_MIN_MEMORY_BYTES}, got {self.memory_bytes}; "
                "Docker takes no less"
            )
        if not self.cpus and not self.memory_bytes:
            problems.append("starve: needs cpus or memory_bytes, got neither; it would change nothing")
        problems += super().check()
        return problems or self._limit_problems()

    def _limit_problems(self) -> list[str]:
        config = (self.host.container(self.container) or {}).get("HostConfig", {})
        problems: list[str] = []
        if (limit := int(config.get("NanoCpus") or 0)) and self.cpus * _NANO >= limit:
            problems.append(f"starve/cpus: must be below the {limit / _NANO:g} that {self.victim} has")
        if self.memory_bytes:
            limit = int(config.get("Memory") or 0)
            if limit <= 0:
                problems.append(
                    f"{self.victim}: must have a memory limit of its own, got none; Docker cannot take the drill's "
                    "limit off again"
                )
            elif self.memory_bytes >= limit:
                problems.append(f"starve/memory_bytes: must be below the {limit} that {self.victim} has")
        return problems

    def prepared(self) -> Self:
        found = self.host.container(self.container)
        if found is None:
            message = f"{self.victim}: is gone"
            raise FaultError(message)
        return replace(self, before={name: int(found["HostConfig"].get(name) or 0) for name in _FIELDS})

    def inject(self) -> None:
        wanted: dict[str, int] = {}
        if self.cpus and self._before("NanoCpus"):
            wanted["NanoCpus"] = int(self.cpus * _NANO)
        elif self.cpus:
            # Docker cannot take NanoCpus off again, a quota it can: -1.
            wanted |= {"CpuPeriod": _PERIOD_MICROSECONDS, "CpuQuota": int(self.cpus * _PERIOD_MICROSECONDS)}
        if self.memory_bytes:
            wanted |= {"Memory": self.memory_bytes, "MemorySwap": self.memory_bytes}
        self._update(wanted)

    def heal(self) -> None:
        found = self.host.container(self.container)
        if found is None or self.before is None:
            return
        now = found["HostConfig"]
        wanted: dict[str, int] = {}
        if self.cpus and self._before("NanoCpus"):
            wanted["NanoCpus"] = self._before("NanoCpus")
        elif self.cpus:
            wanted |= {
                "CpuPeriod": self._before("CpuPeriod") or _PERIOD_MICROSECONDS,
                "CpuQuota": self._before("CpuQuota") or -1,
            }
        if self.memory_bytes:
            wanted |= {"Memory": self._before("Memory"), "MemorySwap": self._before("MemorySwap")}
        if any(int(now.get(name) or 0) != value for name, value in wanted.items()) or found["State"]["Running"]:
            self._update(wanted)

    def _before(self, name: str) -> int:
        return (self.before or {}).get(name, 0)

    def _update(self, wanted: Mapping[str, Any]) -> None:
        with asked(f"change the limits of {self.victim}"):
            # Not docker-py's update_container: it does not know NanoCpus.
            api = self.host.api
            reply = api.post(f"{api.base_url}/v{api.api_version}/containers/{self.container}/update", json=dict(wanted))
            if not reply.ok and reply.status_code != 404:
                message = f"change the limits of {self.victim}: {reply.text.strip()}"
                raise FaultError(message)

    def describe(self) -> str:
        parts: list[str] = []
        if self.cpus:
            parts.append(f"{self.cpus:g} CPUs")
        if self.memory_bytes:
            parts.append(f"{self.memory_bytes / 2**20:.0f} MiB of memory")
        return f"starves {self.victim}: {' and '.join(parts)}, no more"
