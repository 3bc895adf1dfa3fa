"""The network that a design lives in."""

from components.network.contract import Network, NetworkArgs

__all__ = ["Network", "NetworkArgs"]
