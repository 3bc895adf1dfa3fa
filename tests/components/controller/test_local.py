"""The controller as the swarm is told."""

import pytest

from archkit.recorder import record
from components.image import ImageArgs
from components.network import NetworkArgs
from components.service import Capacity, ServiceArgs
from components.settings import LocalSettings
from components.targets.local import LocalTarget


@pytest.mark.parametrize(("protection", "condition"), [(True, "any"), (False, "none")])
def test_one_that_ends_is_replaced_but_in_the_control_of_drills(protection: bool, condition: str) -> None:
    def program() -> None:
        target = LocalTarget(LocalSettings(images={"web": "archkit/web:1"}, protection=protection))
        network = target.network("network", NetworkArgs())
        image = target.image("image", ImageArgs(app="web"))
        scaled = ServiceArgs(capacity=Capacity(minimum=3, maximum=6))
        target.service("web", scaled, network=network, image=image)

    agent = record(program, stack="web-local").named("controller-agent").inputs

    assert agent["taskSpec"]["restartPolicy"]["condition"] == condition
    assert agent["mode"] == {"global": True}
