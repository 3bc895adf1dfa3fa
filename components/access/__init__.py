"""What components of one target tell each other, so that no realisation imports another."""

from typing import TypeVar

from components.connect import Component
from components.errors import InvalidArgsError

T = TypeVar("T")


def on_same_target(kind: type[T], component: Component, *, wanted_by: str, role: str, target: str) -> T:
    """The component as what this target knows it to be.

    Args:
        kind: The interface wanted, of `components.access.aws` or `.local`.
        component: What the design passed.
        wanted_by: Who asks: `service 'worker'`.
        role: What it is there: `network`, `link`.
        target: Where the asker runs: `aws`.

    Raises:
        InvalidArgsError: It runs on another target, or it is nothing of that kind.

    """
    if isinstance(component, kind):
        return component
    elsewhere = component.pulumi_resource_type.split(":")[1]
    if elsewhere == target:
        message = (
            f"{wanted_by}: its {role} {component.component_name!r} cannot be one on {target}; "
            f"a {component.pulumi_resource_type.split(':')[2]} lets nothing in but what its own contract says"
        )
        raise InvalidArgsError([message])
    message = (
        f"{wanted_by}: its {role} {component.component_name!r} runs on {elsewhere}, but this one runs on {target}; "
        "a design is deployed on one target"
    )
    raise InvalidArgsError([message])
