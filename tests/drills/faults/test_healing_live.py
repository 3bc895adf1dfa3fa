"""Nothing stays behind, whenever and however a drill ends."""

import os

import docker
import pytest

from archkit.bench.healing import interrupt

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(os.geteuid() != 0, reason="cutting a container off needs root"),
]


def test_drills_that_are_interrupted_at_random_moments_leave_nothing_behind(client: docker.DockerClient) -> None:
    tries = interrupt(ctrl_c=4, kills=4, image="archkit-faults-test", seed=7)

    left = {f"{one.signal} after {one.after_seconds} s": one.left for one in tries if one.left}
    assert not left, "a fault that stays is an outage that nobody ordered"
    assert any(one.open_faults for one in tries), "none died with faults open: the journal was not tried at all"
