"""A CDN and what it needs, deployed by the real engine for a measurement or a test, and nothing left of it."""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import docker
import httpx
from docker.errors import NotFound

from archkit.bench.arena import built
from archkit.bench.deployment import free_port
from archkit.bench.from_memory import build_missing, destroyed, stack_in
from archkit.stack.docker import client
from components.cdn import Behaviour, CacheKey, CdnArgs, ErrorPage, Methods, OriginGroup, RateLimit, Ttl
from components.image import ImageArgs
from components.network import NetworkArgs
from components.service import Capacity, ServiceArgs
from components.settings import LocalSettings
from components.storage import StorageArgs
from components.targets.local import LocalTarget

ORIGIN = Path(__file__).parent / "origin"
ARGS = CdnArgs(
    behaviours=(
        Behaviour(path="/*", origin="web", methods=Methods.ALL),
        Behaviour(
            path="/cached/*",
            origin="web",
            ttl=Ttl(default_seconds=60),
            cache_key=CacheKey(query=("page",), headers=("Accept-Language",), cookies=("theme",)),
        ),
        Behaviour(path="/plain/*", origin="web", ttl=Ttl(default_seconds=3600), compress=False),
        Behaviour(path="/either/*", origin="pair", ttl=Ttl(default_seconds=60)),
        Behaviour(path="/account/*", origin="web", methods=Methods.ALL, private=True),
        Behaviour(path="/static/*", origin="files", ttl=Ttl(maximum_seconds=31_536_000)),
    ),
    origin_groups=(OriginGroup(name="pair", primary="web", secondary="spare"),),
    error_pages=(ErrorPage(status=404, path="/static/errors/404.html"),),
    rate=RateLimit(limit=2_000_000_000),
)


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A deployed CDN named `cdn` before the services `web` and `spare` and the storage `files`.

    Args:
        name: The stack's.
        urls: Of both edge locations.
        keys: Where its keys are kept.
        docker: The daemon.

    """

    name: str
    urls: tuple[str, str]
    keys: Path
    docker: docker.DockerClient

    @property
    def trust(self) -> ssl.SSLContext:
        """Trusts the stack's own authority and nobody else."""
        return ssl.create_default_context(cafile=str(self.keys / "authority.pem"))

    @property
    def purge_key(self) -> str:
        """What a purge has to say."""
        return (self.keys / "purge-key").read_text()

    def client(self, location: int = 0) -> httpx.Client:
        """A client of one location that verifies its certificate."""
        return httpx.Client(base_url=self.urls[location], verify=self.trust, timeout=15)

    def containers(self, component: str, role: str = "") -> list[str]:
        """Ids of running containers."""
        wanted = [f"archkit.stack={self.name}", f"archkit.component={component}"]
        wanted += [f"archkit.role={role}"] if role else []
        return sorted(str(one.id) for one in self.docker.containers.list(filters={"label": wanted}))

    def location(self, where: str) -> str:
        """The container of `a`, `b` or `shield`."""
        service = f"{self.name}-cdn-{where}"
        label = f"com.docker.swarm.service.name={service}"
        return str(self.docker.containers.list(filters={"label": label})[0].id)

    def health(self, where: str) -> str:
        """What Docker thinks of `a`, `b` or `shield`; empty where none runs."""
        try:
            return str(self.docker.containers.get(self.location(where)).health)
        except (IndexError, NotFound):
            return ""

    def counts(self) -> dict[str, int]:
        """How many requests of each path reached the origin `web`, its health checks left out."""
        with self.client() as asked:
            return asked.get("/counts").json()


def declare(settings: LocalSettings, args: CdnArgs = ARGS) -> None:
    """The design that is deployed."""
    target = LocalTarget(settings)
    network = target.network("network", NetworkArgs())
    image = target.image("image", ImageArgs(app="origin"))
    one = ServiceArgs(capacity=Capacity(minimum=1, maximum=1))
    services = {name: target.service(name, one, network=network, image=image) for name in ("web", "spare")}
    files = target.storage("files", StorageArgs(folder="web/static"), network=network)
    target.cdn("cdn", args, network=network, origins={**services, "files": files})


@contextmanager
def deployed_edge(args: CdnArgs = ARGS) -> Generator[Edge]:
    """Deploys it and removes it at the end, whatever happened."""
    daemon, name = client(), f"edgetest-{secrets.token_hex(3)}"
    ports = (free_port(), free_port())
    origin = built(daemon, "bench-origin", ORIGIN, LocalSettings().base_image)
    build_missing(daemon, lambda: declare(LocalSettings(images={"origin": origin}), args), name)
    with TemporaryDirectory(prefix="archkit-edge-") as folder:
        settings = LocalSettings(
            images={"origin": origin},
            prebuilt=True,
            port=free_port(),
            edge_ports=ports,
            keys=f"{folder}/keys",
        )
        stack = stack_in(Path(folder), name, lambda: declare(settings, args))
        try:
            stack.up()
            first, second = (f"https://localhost:{port}" for port in ports)
            yield Edge(name=name, urls=(first, second), keys=Path(folder) / "keys" / name / "cdn", docker=daemon)
        finally:
            destroyed(stack)
