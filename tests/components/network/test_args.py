"""What a caller may ask of a network, and what the kit says otherwise."""

import pytest

from components.errors import InvalidArgsError
from components.network import NetworkArgs


@pytest.mark.parametrize("zones", [0, 7])
def test_zones_have_limits(zones: int) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        NetworkArgs(zones=zones)

    assert refused.value.problems == (f"network/zones: must be 1 to 6, got {zones}; no AWS region has more zones",)
