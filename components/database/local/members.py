"""Data members: PostgreSQL under Patroni, each a service of its own with its own volume."""

from collections.abc import Sequence

import pulumi
import pulumi_docker as docker

from components.database.local import layout
from components.database.local.archive import CONFIGURATION_FILE
from components.database.local.site import Site
from components.database.local.views import MEMORY, render_patroni, render_shared
from components.health import command_check
from components.servers import PEERS, Server, file, in_turn, serve

# A copy of the whole database may precede a member's first "ready".
_START_SECONDS = 3600


def members(site: Site, after: Sequence[docker.Service]) -> list[docker.Service]:
    """All data members, changed one after the other: each waits until the one before it streams again.

    So a majority always runs, and a change of the image or of a parameter interrupts nobody for longer than a
    switchover.
    """
    shared = file(site.database, site.database.part("shared"), site.component, render_shared(site.args))
    made: list[docker.Service] = []
    for index, part in enumerate(site.names.member_parts):
        made.append(_member(site, index, part, shared, after=in_turn(site.settings, *(made[-1:] or after))))
    return made


def _member(
    site: Site, index: int, part: str, shared: docker.ServiceConfig, after: Sequence[pulumi.Resource]
) -> docker.Service:
    configuration = file(
        site.database,
        site.database.part(f"{part}-configuration"),
        site.component,
        render_patroni(site.args, site.names, part),
    )
    material = site.material
    return serve(
        site.database,
        site.database.part(part),
        Server(
            component=site.component,
            role="member",
            part=part,
            image=site.image,
            command=["member-start", site.component],
            networks=[site.member_network, site.etcd_network, site.archiving.network_id],
            aliases=[site.names.member_alias],
            megabytes=MEMORY[site.args.size].limit,
            check=command_check(["member-health"], every_seconds=3, start_seconds=_START_SECONDS),
            # PostgreSQL asks for the name of a primary that is gone, and is promoted only after the answer.
            resolver=PEERS,
            files={
                "/etc/patroni/patroni.yml": configuration,
                "/etc/patroni/shared.json": shared,
                CONFIGURATION_FILE: site.archiving.configuration,
            },
            secrets=[
                material.authority,
                material.member_certificate,
                material.roles,
                site.archiving.authority,
                site.archiving.certificate,
            ],
            temporary={"/tmp": 16, "/dev/shm": 64},  # noqa: S108 - the container's own
            volume=site.volume(part, layout.DATA_VOLUME, megabytes=site.settings.database.storage_megabytes),
            zone=site.zone(index),
            # A checkpoint, a clean end, and a hand-over where it leads.
            stop_seconds=60,
            after=after,
        ),
    )
