"""The CDN as two edge locations and a shield in a swarm."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

import pulumi
import pulumi_docker as docker

from components.access import on_same_target
from components.access.local import LocalAccess, LocalPlacement, LocalReachable
from components.cdn.contract import Cdn, CdnArgs, cdn_problems
from components.cdn.local.location import (
    HEALTH_PATH,
    PORT,
    SHIELD,
    SHIELD_PORT,
    Location,
    Origin,
    origin_of,
    render_proxy,
    render_vcl,
)
from components.cdn.local.rules import groups, headers, pages, rules
from components.cdn.local.server import EDGES, Place, service
from components.connect import Connectable, Endpoint, declared_links
from components.errors import refuse, unless, unsupported
from components.images import ROOT, build
from components.naming import Kind, docker_name, fixed
from components.network import Network
from components.servers import in_turn
from components.settings import LocalSettings
from components.swarm import labels

SECRET_FILES = ("certificate.pem", "purge-key")
_IMAGE = ROOT / "components" / "cdn" / "image"
_NOT_YET = "made when it is deployed"


class LocalCdn(Cdn, LocalReachable):
    """Varnish 7.7 in two edge locations with a port of this machine each, and one as their shield before the origins.

    HAProxy stands in front (TLS) and behind (finding origins by DNS, checking them). Its key and certificate are made
    once per stack, under `.archkit/keys/`, and are Docker secrets.
    """

    def __init__(
        self,
        name: str,
        args: CdnArgs,
        *,
        settings: LocalSettings,
        network: Network,
        origins: Mapping[str, Connectable],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse(_problems(name, args, origins))
        super().__init__("archkit:local:Cdn", name, None, opts)
        self.args = args
        self.settings = settings
        self._reachable = {one: self._on_target(origin) for one, origin in origins.items()}
        self._origins = {one: self._origin(one, origins[one]) for one in origins}
        placement = on_same_target(LocalPlacement, network, wanted_by=f"cdn {name!r}", role="network", target="local")
        self._zones = placement.zones
        self._own_network = placement.overlay(name, internal=False)
        self.image = build(self.part("image"), "cdn", _IMAGE, settings, parent=self)
        self.secrets = self._secrets()
        self.shield = self._service(SHIELD, edge=False, after=())
        self.edges: list[docker.Service] = []
        for edge in EDGES:
            self.edges.append(self._service(edge, edge=True, after=in_turn(settings, self.shield, *self.edges)))
        self.register_outputs({"capability": "cdn", "url": self.url, "links": declared_links(origins.values())})

    @property
    def url(self) -> pulumi.Output[str]:
        return self.urls[0]

    @property
    def urls(self) -> Sequence[pulumi.Output[str]]:
        return [pulumi.Output.from_input(f"https://localhost:{port}") for port in self.settings.edge_ports]

    @property
    def signing_key_ids(self) -> Mapping[str, pulumi.Output[str]]:
        return {}

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(scheme="https", host=f"tasks.{self._name_of(EDGES[0])}", port=PORT)

    @property
    def access(self) -> LocalAccess:
        return LocalAccess(network_id=self._own_network, port=PORT)

    def _name_of(self, location: str) -> str:
        return docker_name(self.part(location))

    def _on_target(self, origin: Connectable) -> LocalReachable:
        return on_same_target(
            LocalReachable, origin, wanted_by=f"cdn {self.component_name!r}", role="origin", target="local"
        )

    def _origin(self, name: str, origin: Connectable) -> Origin:
        # Every local component answers under its own name in the swarm; `endpoint` says the same as an output.
        return origin_of(name, f"tasks.{docker_name(origin.component_name)}", self._reachable[name])

    def _secrets(self) -> dict[str, docker.Secret]:
        contents = self._kept() if self.settings.keys else dict.fromkeys(SECRET_FILES, _NOT_YET)
        return {
            file: docker.Secret(
                self.part(file.removesuffix(".pem")),
                data=pulumi.Output.secret(base64.b64encode(content.encode()).decode()),
                labels=[
                    docker.SecretLabelArgs(label=key, value=value)
                    for key, value in labels(self.component_name, "secret").items()
                ],
                opts=pulumi.ResourceOptions(parent=self),
            )
            for file, content in contents.items()
        }

    def _kept(self) -> dict[str, str]:
        from components.cdn.local.authority import keys_in  # noqa: PLC0415 - cryptography takes a while to load

        keys = keys_in(ROOT / Path(self.settings.keys) / pulumi.get_stack() / self.component_name)
        return dict(zip(SECRET_FILES, (keys.certificate, keys.purge_key), strict=True))

    def _location(self, *, edge: bool) -> Location:
        host = f"tasks.{self._name_of(SHIELD)}"
        shield = Origin(name=SHIELD, host=host, port=SHIELD_PORT, ready_path=HEALTH_PATH, shield=True)
        rate = self.args.rate if edge else None
        return Location(
            name=self.component_name,
            edge=edge,
            origins=[*([shield] if edge else []), *self._origins.values()],
            behaviours=rules(self.args),
            groups=groups(self.args, self._origins),
            pages=pages(self.args),
            headers=headers(self.args),
            rate_limit=rate.limit if rate else None,
            rate_seconds=rate.window_seconds if rate else 0,
            access_log=self.args.access_log,
            response_timeout_milliseconds=self.settings.response_timeout_milliseconds,
            port=PORT if edge else SHIELD_PORT,
        )

    def _configurations(self, where: str, *, edge: bool) -> dict[str, docker.ServiceConfig]:
        location = self._location(edge=edge)
        texts = {"vcl": render_vcl(location), "proxy": render_proxy(location)}
        # No name of its own: a config cannot change, so that a new one must stand beside the old while it is in use.
        return {
            kind: docker.ServiceConfig(
                self.part(f"{where}-{kind}"),
                data_raw=text,
                labels=[
                    docker.ServiceConfigLabelArgs(label=key, value=value)
                    for key, value in labels(self.component_name, "configuration").items()
                ],
                opts=pulumi.ResourceOptions(parent=self),
            )
            for kind, text in texts.items()
        }

    def _service(self, where: str, *, edge: bool, after: Sequence[pulumi.Resource]) -> docker.Service:
        place = Place(
            where=where,
            name=self._name_of(where),
            published_port=self.settings.edge_ports[EDGES.index(where)] if edge else None,
            zone=self._zones[(*EDGES, SHIELD).index(where)] if self._zones else None,
        )
        return service(
            self,
            place,
            image=self.image,
            networks=[self._own_network, *(one.access.network_id for one in self._reachable.values())],
            configurations=self._configurations(where, edge=edge),
            # The shield speaks to edges only, within the swarm: no certificate.
            secrets={file: one for file, one in self.secrets.items() if edge or file == SECRET_FILES[1]},
            after=after,
        )


def _problems(name: str, args: CdnArgs, origins: Mapping[str, Connectable]) -> list[str | None]:
    return [
        fixed(f"cdn/{name}", docker_name(f"{name}-{SHIELD}"), Kind.DOCKER_SERVICE),
        *cdn_problems(name, args, origins),
        unless(
            args.domain is None,
            unsupported(
                "local",
                "cdn",
                name,
                "domain",
                "no certificate authority signs for this machine; leave the domain to the aws stack",
            ),
        ),
        unless(
            not any(one.signed for one in args.behaviours),
            unsupported(
                "local",
                "cdn",
                name,
                "behaviours/signed",
                "Varnish as Debian has it verifies no RSA or ECDSA signature, and a path that is meant to be closed "
                "must not stand open",
            ),
        ),
        unless(
            SHIELD not in origins,
            f"cdn/{name}/origins/{SHIELD}: must have another name; the tier between edges and origins has this one",
        ),
    ]
