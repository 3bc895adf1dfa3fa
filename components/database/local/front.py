"""What stands before the members: a proxy that knows who leads, and pools of connections to it."""

from collections.abc import Sequence

import pulumi_docker as docker

from components.database.local import layout
from components.database.local.site import Site
from components.database.local.views import render_pooler, render_proxy
from components.health import command_check, http_check
from components.servers import Server, file, in_turn, serve

_PROXY_MEGABYTES, _POOLER_MEGABYTES = 96, 64


def proxy(site: Site, after: Sequence[docker.Service]) -> docker.Service:
    """HAProxy: one port for whoever is the primary, one for replicas."""
    configuration = file(
        site.database, site.database.part("proxy-configuration"), site.component, render_proxy(site.names)
    )
    return serve(
        site.database,
        site.database.part("proxy"),
        Server(
            component=site.component,
            role="proxy",
            part="proxy",
            image=site.front_image,
            command=["haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg"],
            networks=[site.own_network, site.member_network],
            megabytes=_PROXY_MEGABYTES,
            check=http_check(layout.PROXY_INTERNAL_PORT, "/healthz", start_seconds=10),
            files={"/etc/haproxy/haproxy.cfg": configuration},
            secrets=[site.material.authority],
            beside=True,
            replicas=2 if site.doubled else 1,
            spread=bool(site.zones),
            stop_signal="SIGUSR1",
            after=in_turn(site.settings, *after),
        ),
    )


def poolers(site: Site, after: Sequence[docker.Service]) -> dict[str, docker.Service]:
    """PgBouncer before the writer and before the reader, by role."""
    ports = {"writer": layout.WRITER_PORT, "reader": layout.READER_PORT}
    return {role: _pooler(site, role, port, after) for role, port in ports.items()}


def _pooler(site: Site, role: str, port: int, after: Sequence[docker.Service]) -> docker.Service:
    configuration = file(
        site.database,
        site.database.part(f"{role}-configuration"),
        site.component,
        render_pooler(site.names, role, port),
    )
    return serve(
        site.database,
        site.database.part(role),
        Server(
            component=site.component,
            role="pooler",
            part=role,
            image=site.front_image,
            command=["pgbouncer", "/etc/pgbouncer/pgbouncer.ini"],
            networks=[site.own_network],
            megabytes=_POOLER_MEGABYTES,
            check=command_check(
                ["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{layout.POOLER_PORT}"], every_seconds=2, start_seconds=10
            ),
            files={"/etc/pgbouncer/pgbouncer.ini": configuration},
            secrets=[site.material.authority, site.material.pooler_certificate, site.material.users],
            beside=True,
            replicas=2 if site.doubled else 1,
            spread=bool(site.zones),
            # SIGINT: no new queries, and an end once the current ones are answered.
            stop_signal="SIGINT",
            after=in_turn(site.settings, *after),
        ),
    )
