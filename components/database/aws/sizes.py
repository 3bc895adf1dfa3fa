"""Which instance class a size is."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.size import Size

BYTES_PER_CONNECTION = 9_531_392  # Aurora User Guide, max_connections: LEAST({DBInstanceClassMemory/9531392}, 5000)
MAX_CONNECTIONS = 5000


@dataclass(frozen=True, kw_only=True)
class InstanceClass:
    """An instance class: its `name`, as RDS says it, and its `memory_gibibytes`."""

    name: str
    memory_gibibytes: int

    @property
    def connections(self) -> int:
        """How many connections it takes by default."""
        return min(self.memory_gibibytes * 2**30 // BYTES_PER_CONNECTION, MAX_CONNECTIONS)


# Source: Aurora User Guide, "Hardware specifications for DB instance classes". `small` is burstable: for trying out.
CLASSES: Mapping[Size, InstanceClass] = {
    Size.SMALL: InstanceClass(name="db.t4g.medium", memory_gibibytes=4),
    Size.MEDIUM: InstanceClass(name="db.r7g.large", memory_gibibytes=16),
    Size.LARGE: InstanceClass(name="db.r7g.xlarge", memory_gibibytes=32),
}
