"""The controller of a database: on each node, it gives up the lease of a leader that is dead or was made dead."""

import pulumi
import pulumi_docker as docker

from components.controller.service import FOLDER, Agent, agent
from components.database.local import layout
from components.database.local.site import Site
from components.images import build
from components.naming import docker_name

PART = "controller"


def controller(site: Site) -> docker.Service:
    """The Docker socket, etcd's network, one client's certificate, and nothing else."""
    database, names = site.database, site.names
    image = build(database.part(f"{PART}-image"), "controller", FOLDER, site.settings, parent=database)
    return agent(
        database,
        database.part(PART),
        Agent(
            component=site.component,
            part=PART,
            image=image.name,
            module="components.controller.agent.failover",
            network=site.etcd_network,
            environment={
                "ARCHKIT_STACK": pulumi.get_stack(),
                "ARCHKIT_COMPONENT": site.component,
                "ARCHKIT_SCOPE": names.scope,
                "ARCHKIT_ETCD": ",".join(names.etcd_hosts),
                "ARCHKIT_NETWORK": docker_name(names.etcd_network),
                "ARCHKIT_AUTHORITY": layout.AUTHORITY_FILE,
                "ARCHKIT_CERTIFICATE": layout.CERTIFICATE_FILE,
            },
            secrets=[site.material.authority, site.material.controller_certificate],
        ),
    )
