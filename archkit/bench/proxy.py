"""The kit's load balancer against HAProxy with a bare minimal configuration, side by side in one run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import cast

import docker
from docker.models.containers import Container

from archkit.bench.arena import Arena, built, built_application, wait_until_answered
from archkit.bench.memory import cpu_seconds
from archkit.bench.rows import Row, spread
from components.images import ROOT
from components.load_balancer.haproxy import PORT, Backend, Configuration, Rule, render_haproxy
from components.settings import LocalSettings
from components.templating import render

REPLICAS = 3
CONNECTIONS = 32
_SERVICE = "bench-web"
_CONFIGURATION = "/etc/haproxy/haproxy.cfg"


@dataclass(frozen=True, kw_only=True)
class Bare:
    """What `bare.cfg.j2` shows."""

    addresses: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Instant:
    """What `instant.cfg.j2` shows."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of the load generator.

    Args:
        requests: Answered, in all.
        per_second: Requests per second.
        cpu_microseconds: Processor time of the proxy for one request.

    """

    requests: int
    per_second: float
    cpu_microseconds: float


def measure(client: docker.DockerClient, *, rounds: int = 3, seconds: int = 5) -> list[Row]:
    """Requests per second before the real application, and processor time per request before an instant backend.

    Args:
        client: The daemon.
        rounds: Runs of each proxy, by turns, so that a disturbance hits both.
        seconds: Length of each run.

    """
    base = LocalSettings().base_image
    proxy = built(client, "haproxy", ROOT / "components" / "load_balancer" / "image", base)
    app = built_application(client, "web", base)
    generator = built(client, "wrk", Path(__file__).parent / "image", base)

    def instant(arena: Arena) -> Container:
        text = render(__file__, "instant.cfg.j2", Instant(text="ok"))
        return arena.run(proxy, alias=f"tasks.{_SERVICE}", files={_CONFIGURATION: text})

    def real(arena: Arena) -> Container:
        return arena.run(app, alias=f"tasks.{_SERVICE}")

    served = _by_turns(client, proxy, generator, real, ready_path="/readyz", rounds=rounds, seconds=seconds)
    cost = _by_turns(client, proxy, generator, instant, ready_path="/", rounds=rounds, seconds=seconds)
    return [_throughput(served), _cost(cost)]


def _by_turns(
    client: docker.DockerClient,
    proxy: str,
    generator: str,
    backend: Callable[[Arena], Container],
    *,
    ready_path: str,
    rounds: int,
    seconds: int,
) -> dict[str, list[Run]]:
    with Arena(client) as arena:
        replicas = [backend(arena) for _ in range(REPLICAS)]
        bare = render(__file__, "bare.cfg.j2", Bare(addresses=[arena.address(one) for one in replicas]))
        configurations = {"kit": _kit(ready_path), "bare": bare}
        proxies = {
            name: arena.run(proxy, alias=name, files={_CONFIGURATION: text}) for name, text in configurations.items()
        }
        clients = arena.run(generator, alias="clients", command=["sleep", "infinity"])
        runs: dict[str, list[Run]] = {name: [] for name in proxies}
        for name, container in proxies.items():
            wait_until_answered(clients, f"http://{name}:{PORT}/")
            _run(client, clients, name, container, 1)  # connections and code are warm afterwards
        for _ in range(rounds):
            for name, container in proxies.items():
                runs[name].append(_run(client, clients, name, container, seconds))
        return runs


def _kit(ready_path: str) -> str:
    """The configuration that a stack of the web design has."""
    settings = LocalSettings()
    backend = Backend(name="web", service_name=_SERVICE, port=8080, ready_path=ready_path, slots=2 * REPLICAS)
    return render_haproxy(
        Configuration(
            name="edge",
            published_port=settings.port,
            idle_timeout_seconds=60,
            response_timeout_milliseconds=settings.response_timeout_milliseconds,
            client_requests_per_second=settings.client_requests_per_second,
            requests_at_once_per_replica=settings.requests_at_once_per_replica,
            requests_in_flight_per_replica=settings.requests_in_flight_per_replica,
            routes=[Rule(condition="", backend="web")],
            backends=[backend],
        )
    )


def _run(client: docker.DockerClient, clients: Container, name: str, proxy: Container, seconds: int) -> Run:
    before = cpu_seconds(client, str(proxy.id))
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s"]
    done = clients.exec_run([*command, f"http://{name}:{PORT}/"])
    said = cast("bytes", done.output).decode()
    spent = cpu_seconds(client, str(proxy.id)) - before
    requests = re.search(r"(\d+) requests in", said)
    rate = re.search(r"Requests/sec:\s*([\d.]+)", said)
    if done.exit_code or not requests or not rate or "Non-2xx" in said:
        message = f"wrk against {name}: must end with a count of answered requests, said: {said}"
        raise RuntimeError(message)
    count = int(requests[1])
    return Run(requests=count, per_second=float(rate[1]), cpu_microseconds=spent / count * 1e6)


def _throughput(runs: dict[str, list[Run]]) -> Row:
    pairs = list(zip(runs["kit"], runs["bare"], strict=True))
    ratios = [kit.per_second / bare.per_second for kit, bare in pairs]
    rates = {name: median(run.per_second for run in some) for name, some in runs.items()}
    return Row(
        what="requests/s before the real application, kit / bare HAProxy",
        target=">= 0.95",
        measured=f"{median(ratios):.2f}",
        met=median(ratios) >= 0.95,
        n=len(ratios),
        spread=spread(ratios, 2),
        note=f"{rates['kit']:.0f} / {rates['bare']:.0f} requests/s, {REPLICAS} replicas, {CONNECTIONS} connections",
    )


def _cost(runs: dict[str, list[Run]]) -> Row:
    pairs = list(zip(runs["kit"], runs["bare"], strict=True))
    ratios = [kit.cpu_microseconds / bare.cpu_microseconds for kit, bare in pairs]
    each = {name: median(run.cpu_microseconds for run in some) for name, some in runs.items()}
    return Row(
        what="processor time of the proxy per request, kit / bare HAProxy",
        target="<= 1.5",
        measured=f"{median(ratios):.2f}",
        met=median(ratios) <= 1.5,
        n=len(ratios),
        spread=spread(ratios, 2),
        note=f"{each['kit']:.1f} / {each['bare']:.1f} µs, instant backend",
    )
