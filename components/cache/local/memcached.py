"""Memcached: nodes that share the keys; clients hash."""

from collections.abc import Sequence

import pulumi
import pulumi_docker as docker

from components.access.local import LocalPlacement
from components.cache.contract import CacheArgs, Eviction
from components.cache.local import layout
from components.cache.local.layout import Layout
from components.cache.local.material import Material
from components.connect import Component
from components.health import command_check
from components.images import ROOT, build
from components.servers import Server, in_turn, serve
from components.settings import LocalSettings

_IMAGE = ROOT / "components" / "cache" / "image" / "memcached"
_CONNECTIONS = 1024  # memcached's default
_NODE_MEGABYTES = 64  # above the data: connections and the hash table, as ElastiCache keeps 100 MB
# In the container alone, and so without TLS: a check that does not start by making keys.
_CHECK = (
    f"exec 3<>/dev/tcp/127.0.0.1/{layout.NODE_CHECK_PORT} && printf 'version\\r\\n' >&3 && "
    "read -r -t 5 said _ <&3 && [ $said = VERSION ]"
)


def memcached(
    cache: Component,
    args: CacheArgs,
    *,
    names: Layout,
    placement: LocalPlacement,
    own_network: pulumi.Input[str],
    settings: LocalSettings,
) -> tuple[list[docker.Service], Material]:
    """Makes the nodes, in turn over the zones. They ask nobody who they are: their network keeps others out."""
    material = Material(cache)
    image = build(cache.part("image"), "memcached", _IMAGE, settings, parent=cache)
    certificate = material.certificate("node", [*names.node_hosts])
    zones = placement.zones
    made: list[docker.Service] = []
    for index, part in enumerate(names.node_parts):
        server = Server(
            component=names.component,
            role="node",
            part=part,
            image=image.name,
            command=command(args),
            networks=[own_network],
            megabytes=args.memory_mebibytes + _NODE_MEGABYTES,
            check=command_check(["bash", "-c", _CHECK], every_seconds=2, start_seconds=10),
            secrets=[material.authority, certificate],
            zone=zones[index % len(zones)] if zones else "",
            # One after the other: an update empties one node at a time.
            after=in_turn(settings, *made[-1:]),
        )
        made.append(serve(cache, cache.part(part), server))
    return made, material


def command(args: CacheArgs) -> Sequence[str]:
    """How a node is started."""
    refuses = ["--disable-evictions"] if args.effective_eviction is Eviction.NOEVICTION else []
    return [
        "memcached",
        f"--memory-limit={args.memory_mebibytes}",
        f"--conn-limit={_CONNECTIONS}",
        f"--port={layout.NODE_PORT}",
        f"--listen=0.0.0.0:{layout.NODE_PORT},notls:127.0.0.1:{layout.NODE_CHECK_PORT}",
        "--udp-port=0",
        "--enable-ssl",
        f"--extended=ssl_chain_cert={layout.CERTIFICATE_FILE},ssl_key={layout.CERTIFICATE_FILE},ssl_min_version=1",
        *refuses,
    ]
