"""Tags: whose resource this is, the same keys as the labels of Docker on the local target."""

import pulumi

from components.connect import Component


def tags(component: Component, role: str) -> dict[str, str]:
    """Tags of one part: a name for the console; stack, component and role for bills and searches.

    Args:
        component: Whose part it is.
        role: What the part does: `load-balancer`, `targets`.

    """
    return {
        "Name": f"{pulumi.get_stack()}-{component.part(role)}",
        "archkit.stack": pulumi.get_stack(),
        "archkit.component": component.component_name,
        "archkit.role": role,
    }
