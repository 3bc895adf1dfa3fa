"""Designs on Docker, made by hand."""

from __future__ import annotations

from handmade.base import edge, finish, node
from topology.kinds import ContainerKind, Kind, Tier
from topology.model import Model
from topology.parts import Container, Edge


def docker_web() -> Model:
    containers = [
        Container(id="host", kind=ContainerKind.HOST, label="Docker Swarm"),
        Container(
            id="t-public", kind=ContainerKind.TIER, label="published", parent="host", tier=Tier.PUBLIC, public=True
        ),
        Container(
            id="t-private", kind=ContainerKind.TIER, label="internal", parent="host", tier=Tier.PRIVATE, public=False
        ),
        Container(
            id="n-web",
            kind=ContainerKind.OVERLAY_NETWORK,
            label="web-local-web",
            parent="host",
            urns=("urn::n-web",),
            attributes={"driver": "overlay"},
        ),
        Container(
            id="n-edge",
            kind=ContainerKind.OVERLAY_NETWORK,
            label="web-local-edge",
            parent="host",
            urns=("urn::n-edge",),
            attributes={"driver": "overlay"},
        ),
    ]
    nodes = [
        node("users", Kind.USERS, tier=Tier.OUTSIDE),
        node(
            "edge",
            Kind.LOAD_BALANCER,
            service="HAProxy",
            icon="docker/haproxy",
            container="t-public",
            tier=Tier.PUBLIC,
            networks=("n-web", "n-edge"),
            details=("1 replica", "host port 8080"),
        ),
        node(
            "web",
            Kind.SERVICE,
            service="web application",
            icon="docker/python",
            container="t-private",
            tier=Tier.PRIVATE,
            networks=("n-web",),
            details=("3 replicas",),
        ),
        node(
            "controller",
            Kind.CONTROLLER,
            service="controller",
            icon="docker/python",
            container="t-private",
            tier=Tier.PRIVATE,
            details=("one a node",),
        ),
    ]
    edges = [edge("users", "edge", "HTTP 8080"), edge("edge", "web", "8080")]
    return finish("web-local", nodes, containers, edges)


def docker_many(count: int = 60, mixed: bool = False) -> Model:
    containers = [
        Container(id="host", kind=ContainerKind.HOST, label="Docker host"),
        *(
            Container(
                id=f"n-{n}",
                kind=ContainerKind.OVERLAY_NETWORK,
                label=f"network-{n}",
                parent="host",
                urns=(f"urn::n-{n}",),
            )
            for n in ("front", "back", "mail")
        ),
    ]
    kinds = [
        ("nginx", "docker/nginx"),
        ("api", "docker/python"),
        ("worker", "docker/python"),
        ("redis", "docker/redis"),
        ("postgres", "docker/postgresql"),
        ("varnish", "docker/varnish"),
    ]
    nodes, edges = [node("users", Kind.USERS, tier=Tier.OUTSIDE)], list[Edge]()
    for n in range(count):
        name, icon = kinds[n % 6]
        service = f"{name} {n}" if mixed else name
        nodes.append(
            node(
                f"{name}-{n}",
                Kind.INSTANCE,
                label=f"{name}-{n}",
                service=service,
                icon=icon,
                container="host",
                tier=Tier.DATA if name in ("redis", "postgres") else Tier.PRIVATE,
                networks=("n-front", "n-back"),
            )
        )
    for n in range(0, count - 5, 6):
        edges += [
            edge(f"nginx-{n}", f"api-{n + 1}", "8000"),
            edge(f"api-{n + 1}", f"redis-{n + 3}", "6379"),
            edge(f"api-{n + 1}", f"postgres-{n + 4}", "5432"),
            edge(f"varnish-{n + 5}", f"nginx-{n}", "80"),
            edge("users", f"varnish-{n + 5}", f"{8000 + n}"),
        ]
    return finish("many", nodes, containers, edges)
