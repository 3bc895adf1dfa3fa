"""Labels by which whatever the kit makes on Docker can be found: on services, containers, volumes, nodes."""

STACK = "archkit.stack"
COMPONENT = "archkit.component"
ROLE = "archkit.role"
ZONE = "archkit.zone"
