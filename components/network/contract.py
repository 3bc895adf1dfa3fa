"""What every network promises, whichever target runs it."""

from dataclasses import dataclass

from components.connect import Component
from components.errors import out_of_range, refuse

MAX_ZONES = 6  # the most that any AWS region has


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """The network that a design lives in: what is not linked cannot connect.

    Args:
        zones: Failure domains that the design's parts are spread over, 1 to 6.

    Raises:
        InvalidArgsError: Every field out of range, one line each.

    """

    zones: int = 3

    def __post_init__(self) -> None:
        refuse([out_of_range("network/zones", self.zones, 1, MAX_ZONES, "no AWS region has more zones")])


class Network(Component):
    """A design's network; `NetworkArgs` says what it promises."""
