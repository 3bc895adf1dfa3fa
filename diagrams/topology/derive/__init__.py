"""From a resource graph to the architecture that it means."""

from topology.derive.derivation import derive

__all__ = ["derive"]
