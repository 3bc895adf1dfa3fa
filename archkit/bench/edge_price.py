"""What the kit's edge costs beside a bare Varnish."""

from __future__ import annotations

from statistics import median

from docker.models.containers import Container

from archkit.bench.edge_peers import Server, bare, requests_per_second
from archkit.bench.edge_stack import Edge
from archkit.bench.rows import Row, spread
from components.cdn.local.location import PORT

SECONDS = 5


def cost(edge: Edge, clients: Container, *, rounds: int) -> list[Row]:
    """The kit's edge beside a bare Varnish behind the same TLS front, by turns: with an access log, and without."""
    with bare(edge, logged=True) as logging, bare(edge, logged=False) as silent:
        hosts = (edge_host(edge), _host(edge, logging), _host(edge, silent))
        urls = [f"https://{host}/cached/long-small" for host in hosts]
        turns = [[requests_per_second(clients, url, seconds=SECONDS) for url in urls] for _ in range(rounds + 1)]
    mine, logged, unlogged = zip(*turns[1:], strict=True)  # the first only warms
    beside_logging = [one / two for one, two in zip(mine, logged, strict=True)]
    beside_silent = [one / two for one, two in zip(mine, unlogged, strict=True)]
    return [
        Row(
            what="requests/s from memory, the kit's edge / a bare Varnish behind the same TLS front",
            target=">= 0.9",
            measured=f"{median(beside_logging):.2f}",
            met=median(beside_logging) >= 0.9,
            n=rounds,
            spread=spread(beside_logging, 2),
            note=f"{median(mine):.0f} / {median(logged):.0f} requests/s; both write the same line for each request",
        ),
        Row(
            what="the same, and the bare one writes no line",
            target="",
            measured=f"{median(beside_silent):.2f}",
            met=None,
            n=rounds,
            spread=spread(beside_silent, 2),
            note=f"{median(mine):.0f} / {median(unlogged):.0f} requests/s",
        ),
    ]


def _host(edge: Edge, server: Server) -> str:
    """Where clients on the origin's network find it."""
    server.container.reload()
    address = server.container.attrs["NetworkSettings"]["Networks"][f"{edge.name}-web"]["IPAddress"]
    return f"{address}:{PORT}"


def edge_host(edge: Edge) -> str:
    """Where clients on the origin's network find one of the kit's edge locations."""
    return f"tasks.{edge.name}-cdn-a:{PORT}"
