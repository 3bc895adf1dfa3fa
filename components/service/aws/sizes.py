"""Which instance a size is: one replica has an instance to itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.service.contract import Size
from components.settings import Architecture

KEPT_MEBIBYTES = 512  # for the kernel, Docker, the SSM agent and the buffer of logs


@dataclass(frozen=True, kw_only=True)
class Machine:
    """An instance type.

    Args:
        type: As EC2 names it.
        vcpus: Virtual CPUs.
        memory_mebibytes: Memory of the instance.

    """

    type: str
    vcpus: int
    memory_mebibytes: int

    @property
    def container_mebibytes(self) -> int:
        """What the application's container may use; beyond it the container dies, not the instance."""
        return self.memory_mebibytes - KEPT_MEBIBYTES


# Source: Amazon EC2 instance types guide. `small` is burstable: above 20 % of its CPUs on average it runs on credits,
# and then on credits that are billed (unlimited mode, the default of T3 and T4g).
MACHINES: Mapping[Architecture, Mapping[Size, Machine]] = {
    Architecture.X86_64: {
        Size.SMALL: Machine(type="t3.small", vcpus=2, memory_mebibytes=2048),
        Size.MEDIUM: Machine(type="m7i.large", vcpus=2, memory_mebibytes=8192),
        Size.LARGE: Machine(type="m7i.xlarge", vcpus=4, memory_mebibytes=16384),
    },
    Architecture.ARM64: {
        Size.SMALL: Machine(type="t4g.small", vcpus=2, memory_mebibytes=2048),
        Size.MEDIUM: Machine(type="m7g.large", vcpus=2, memory_mebibytes=8192),
        Size.LARGE: Machine(type="m7g.xlarge", vcpus=4, memory_mebibytes=16384),
    },
}
