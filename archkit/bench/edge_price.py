"""What the kit's edge costs beside a bare Varnish."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from docker.models.containers import Container

from archkit.bench.edge_peers import SECONDS, Server, bare, requests_per_second
from archkit.bench.edge_stack import Edge
from archkit.bench.rows import Row, spread
from components.cdn.local.location import PORT


def cost(edge: Edge, clients: Container, *, rounds: int) -> list[Row]:
    """The kit's edge beside a bare Varnish behind the same TLS front, by turns: with an access log, and without."""
    with bare(edge, logged=True) as logging, bare(edge, logged=False) as silent:
        hosts = (edge_host(edge), _host(edge, logging), _host(edge, silent))
        urls = [f"https://{host}/cached/long-small" for host in hosts]
        turns = [[requests_per_second(clients, url, seconds=SECONDS) for url in urls] for _ in range(rounds + 1)]
    mine, logged, unlogged = zip(*turns[1:], strict=True)  # the first only warms
    what = "requests/s from memory, the kit's edge / a bare Varnish behind the same TLS front"
    return [
        _row(what, mine, logged, least=0.9, note="; both write the same line for each request"),
        _row("the same, and the bare one writes no line", mine, unlogged),
    ]


def _row(
    what: str, mine: Sequence[float], theirs: Sequence[float], *, least: float | None = None, note: str = ""
) -> Row:
    ratios = [one / two for one, two in zip(mine, theirs, strict=True)]
    return Row(
        what=what,
        target="" if least is None else f">= {least:g}",
        measured=f"{median(ratios):.2f}",
        met=None if least is None else median(ratios) >= least,
        n=len(ratios),
        spread=spread(ratios, 2),
        note=f"{median(mine):.0f} / {median(theirs):.0f} requests/s{note}",
    )


def _host(edge: Edge, server: Server) -> str:
    """Where clients on the origin's network find it."""
    server.container.reload()
    address = server.container.attrs["NetworkSettings"]["Networks"][f"{edge.name}-web"]["IPAddress"]
    return f"{address}:{PORT}"


def edge_host(edge: Edge) -> str:
    """Where clients on the origin's network find one of the kit's edge locations."""
    return f"tasks.{edge.name}-cdn-a:{PORT}"
