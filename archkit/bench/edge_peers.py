"""What an edge is measured against and by: a bare Varnish behind the same TLS front, an LRU simulator, wrk."""

from __future__ import annotations

import random
import re
import time
from collections import OrderedDict
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate
from pathlib import Path, PurePosixPath
from tarfile import TarFile, TarInfo
from typing import cast

import httpx
from docker.models.containers import Container

from archkit.bench.deployment import free_port
from archkit.bench.edge_stack import Edge
from components.cdn.local.location import LOG_LINE, PORT
from components.templating import render

VCL, PROXY = "/etc/varnish/default.vcl", "/etc/haproxy/haproxy.cfg"
LABEL = "archkit.bench"
SECONDS = 5  # of each run of wrk


@dataclass(frozen=True, kw_only=True)
class BareCache:
    """What `bare.vcl.j2` shows."""

    origin: str


@dataclass(frozen=True, kw_only=True)
class BareFront:
    """What `bare_tls.cfg.j2` shows."""

    logged: bool
    port: int = PORT
    log_line: str = LOG_LINE


@dataclass(frozen=True, kw_only=True)
class Server:
    """A container beside the stack, and the port of this machine where it answers."""

    container: Container
    port: int


@contextmanager
def bare(edge: Edge, *, logged: bool) -> Generator[Server]:
    """A Varnish without anything of the kit's, on the network of the origin; with the kit's access log or without.

    On two processors a line for each request costs Docker as much as the request costs Varnish and its front.
    """
    files = {
        VCL: render(__file__, "bare.vcl.j2", BareCache(origin=f"tasks.{edge.name}-web")),
        PROXY: render(__file__, "bare_tls.cfg.j2", BareFront(logged=logged)),
        "/etc/haproxy/certificate.pem": (edge.keys / "certificate.pem").read_text(),
    }
    with _beside(edge, files, megabytes=64) as made:
        yield made


@contextmanager
def small(edge: Edge, megabytes: int) -> Generator[Server]:
    """The kit's own edge location once more, with less memory."""
    location = edge.docker.containers.get(edge.location("a"))
    files = {path: cast("bytes", location.exec_run(["cat", path]).output).decode() for path in (VCL, PROXY)}
    files |= {f"/run/secrets/{name}": (edge.keys / name).read_text() for name in ("certificate.pem", "purge-key")}
    with _beside(edge, files, megabytes=megabytes) as made:
        yield made


@contextmanager
def _beside(edge: Edge, files: dict[str, str], *, megabytes: int) -> Generator[Server]:
    image = edge.docker.containers.get(edge.location("a")).image
    assert image is not None
    port = free_port()
    container = edge.docker.containers.create(
        str(image.id),
        network=f"{edge.name}-web",
        ports={f"{PORT}/tcp": port},
        tmpfs={"/run/location": "mode=1777"},
        environment={"VARNISH_MEMORY_MEGABYTES": str(megabytes)},
        labels={LABEL: edge.name},
        init=True,
    )
    try:
        container.put_archive("/", _archive(files))
        container.start()
        _wait(f"https://localhost:{port}/cached/long-up", edge)
        yield Server(container=container, port=port)
    finally:
        container.remove(force=True)


def _wait(url: str, edge: Edge, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if httpx.get(url, verify=edge.trust, timeout=2).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    message = f"{url}: no answer within {seconds:.0f} s"
    raise TimeoutError(message)


def _archive(files: dict[str, str]) -> bytes:
    packed = BytesIO()
    with TarFile(fileobj=packed, mode="w") as archive:
        for path, text in files.items():
            data = text.encode()
            entry = TarInfo(str(PurePosixPath(path).relative_to("/")))
            entry.size, entry.mode = len(data), 0o444
            archive.addfile(entry, BytesIO(data))
    return packed.getvalue()


def requests_per_second(clients: Container, url: str, *, seconds: int, connections: int = 16) -> float:
    """What wrk reaches, from where the clients stand."""
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", url]
    done = clients.exec_run(command)
    said = cast("bytes", done.output).decode()
    rate = re.search(r"Requests/sec:\s*([\d.]+)", said)
    if done.exit_code or not rate or "Non-2xx" in said:
        message = f"wrk against {url}: must end with a rate of good answers, said: {said}"
        raise RuntimeError(message)
    return float(rate[1])


def zipf(objects: int, count: int, *, seed: int = 7) -> list[int]:
    """Numbers of objects, each drawn with a probability of 1 to its rank (exponent 1)."""
    weights = list(accumulate(1 / rank for rank in range(1, objects + 1)))
    return random.Random(seed).choices(range(objects), cum_weights=weights, k=count)  # noqa: S311 - a load


def lru_hits(sequence: Iterable[int], capacity: int, *, skip: int) -> float:
    """The hit ratio of a cache of so many objects that forgets the least recently used; the first are not counted."""
    kept: OrderedDict[int, None] = OrderedDict()
    hits = counted = 0
    for number, one in enumerate(sequence):
        hit = one in kept
        if hit:
            kept.move_to_end(one)
        else:
            kept[one] = None
            if len(kept) > capacity:
                kept.popitem(last=False)
        if number >= skip:
            counted += 1
            hits += hit
    return hits / counted


def objects_in(server: Server) -> int:
    """How many objects a cache holds now."""
    command = ["varnishstat", "-n", "/var/lib/varnish/work", "-1", "-f", "MAIN.n_object"]
    said = cast("bytes", server.container.exec_run(command).output).decode()
    return int(said.split()[1])


WRK = Path(__file__).parent / "image"
