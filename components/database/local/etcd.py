"""etcd, where Patroni keeps who leads: a majority of three, by TLS on both sides."""

from collections.abc import Sequence

import pulumi
import pulumi_docker as docker

from components.database.local import layout
from components.database.local.layout import Layout
from components.database.local.site import Site
from components.health import http_check
from components.servers import PEERS, Server, in_turn, serve

MEGABYTES = 128


def etcd(site: Site) -> list[docker.Service]:
    """All members of etcd, changed one after the other."""
    made: list[docker.Service] = []
    for index, part in enumerate(site.names.etcd_parts):
        made.append(_member(site, index, part, after=in_turn(site.settings, *made[-1:])))
    return made


def _member(site: Site, index: int, part: str, after: Sequence[pulumi.Resource]) -> docker.Service:
    return serve(
        site.database,
        site.database.part(part),
        Server(
            component=site.component,
            role="etcd",
            part=part,
            image=site.front_image,
            command=["etcd-member"],
            networks=[site.etcd_network],
            megabytes=MEGABYTES,
            # That it answers, not that it has a quorum: without the others it never has one, and they find it by
            # DNS only once it is well.
            check=http_check(layout.ETCD_METRICS_PORT, "/metrics", start_seconds=30),
            environment=etcd_environment(site.names, part),
            resolver=PEERS,
            secrets=[site.material.authority, site.material.etcd_certificate],
            volume=site.volume(part, layout.ETCD_VOLUME),
            zone=site.zone(index),
            after=after,
        ),
    )


def etcd_environment(names: Layout, part: str) -> dict[str, pulumi.Input[str]]:
    """What one member of etcd is told."""
    host = names.host(part)
    peers = ",".join(f"{one}=https://{names.host(one)}:{layout.ETCD_PEER_PORT}" for one in names.etcd_parts)
    return {
        "ETCD_NAME": part,
        "ETCD_DATA_DIR": f"{layout.ETCD_VOLUME}/data",
        "ETCD_INITIAL_CLUSTER": peers,
        "ETCD_INITIAL_CLUSTER_TOKEN": names.scope,
        "ETCD_INITIAL_CLUSTER_STATE": "new",
        "ETCD_LISTEN_CLIENT_URLS": f"https://0.0.0.0:{layout.ETCD_PORT}",
        "ETCD_ADVERTISE_CLIENT_URLS": f"https://{host}:{layout.ETCD_PORT}",
        "ETCD_LISTEN_PEER_URLS": f"https://0.0.0.0:{layout.ETCD_PEER_PORT}",
        "ETCD_INITIAL_ADVERTISE_PEER_URLS": f"https://{host}:{layout.ETCD_PEER_PORT}",
        "ETCD_LISTEN_METRICS_URLS": f"http://127.0.0.1:{layout.ETCD_METRICS_PORT}",
        **{
            f"ETCD_{kind}{key}": value
            for kind in ("", "PEER_")
            for key, value in (
                ("CLIENT_CERT_AUTH", "true"),
                ("TRUSTED_CA_FILE", layout.AUTHORITY_FILE),
                ("CERT_FILE", layout.CERTIFICATE_FILE),
                ("KEY_FILE", layout.CERTIFICATE_FILE),
            )
        },
        # Otherwise a peer is refused while DNS does not list it yet, which is when it is needed.
        "ETCD_EXPERIMENTAL_PEER_SKIP_CLIENT_SAN_VERIFICATION": "true",
        "ETCD_HEARTBEAT_INTERVAL": "200",  # milliseconds: a busy machine must not look like a lost leader
        "ETCD_ELECTION_TIMEOUT": "2000",
        "ETCD_AUTO_COMPACTION_MODE": "periodic",
        "ETCD_AUTO_COMPACTION_RETENTION": "1h",
        "ETCD_LOG_LEVEL": "warn",
        "GOMEMLIMIT": f"{MEGABYTES * 3 // 4}MiB",
    }
