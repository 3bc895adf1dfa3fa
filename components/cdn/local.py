"""The CDN as two edge locations and a shield in a swarm."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

import pulumi
import pulumi_docker as docker

from components.access import on_same_target
from components.access.local import LocalAccess, LocalPlacement, LocalReachable
from components.cdn.contract import Cdn, CdnArgs, cdn_problems
from components.cdn.location import (
    INTERNAL_PORT,
    PORT,
    SHIELD,
    SHIELD_PORT,
    STOP_SECONDS,
    Location,
    Origin,
    groups,
    headers,
    origin_of,
    pages,
    render_proxy,
    render_vcl,
    rules,
)
from components.connect import Connectable, Endpoint, declared_links
from components.errors import refuse, unless, unsupported
from components.images import ROOT, build
from components.naming import Kind, docker_name, fixed
from components.network import Network
from components.settings import LocalSettings
from components.swarm import (
    USER,
    container_labels,
    duration,
    http_check,
    labels,
    log_driver,
    service_labels,
    temporary_files,
)

EDGES = ("a", "b")
ROLES = {"edge": "edge-location", "shield": "shield"}
SECRET_FILES = ("certificate.pem", "purge-key")
CACHE_MEGABYTES = {"edge": 64, "shield": 128}
OVERHEAD_MEGABYTES = 160  # the compiler at start, threads, HAProxy's buffers, the exporter
_IMAGE = ROOT / "components" / "cdn" / "image"
_FILES = {"vcl": "/etc/varnish/default.vcl", "proxy": "/etc/haproxy/haproxy.cfg"}
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
        self.image = build(self.part("image"), "archkit/cdn", _IMAGE, settings, parent=self)
        self.secrets = self._secrets()
        self.shield = self._service(SHIELD, edge=False, after=())
        self.edges: list[docker.Service] = []
        for edge in EDGES:
            self.edges.append(self._service(edge, edge=True, after=(self.shield, *self.edges)))
        self.register_outputs({"capability": "cdn", "url": self.url, "links": declared_links(origins.values())})

    @property
    def url(self) -> pulumi.Output[str]:
        return pulumi.Output.from_input(f"https://localhost:{self.settings.edge_ports[0]}")

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
        from components.cdn.authority import keys_in  # noqa: PLC0415 - cryptography takes a while to load

        keys = keys_in(ROOT / Path(self.settings.keys) / pulumi.get_stack() / self.component_name)
        return dict(zip(SECRET_FILES, (keys.certificate, keys.purge_key), strict=True))

    def _location(self, *, edge: bool) -> Location:
        shield = Origin(name=SHIELD, host=f"tasks.{self._name_of(SHIELD)}", port=SHIELD_PORT, shield=True)
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
        ports: list[docker.ServiceEndpointSpecPortArgs] = []
        if edge:
            ports = [
                # The mode `ingress` needs IPVS, and hides the client's address.
                docker.ServiceEndpointSpecPortArgs(
                    target_port=PORT,
                    published_port=self.settings.edge_ports[EDGES.index(where)],
                    publish_mode="host",
                    protocol="tcp",
                )
            ]
        return docker.Service(
            self.part(where),
            name=self._name_of(where),
            labels=service_labels(self.component_name, ROLES["edge" if edge else SHIELD]),
            mode=docker.ServiceModeArgs(replicated=docker.ServiceModeReplicatedArgs(replicas=1)),
            task_spec=self._task(where, edge=edge),
            endpoint_spec=docker.ServiceEndpointSpecArgs(mode="dnsrr", ports=ports or None),
            # One location after the other: clients know both addresses, and one of them always answers.
            update_config=docker.ServiceUpdateConfigArgs(
                order="stop-first" if edge else "start-first", failure_action="rollback", monitor=duration(5000)
            ),
            rollback_config=docker.ServiceRollbackConfigArgs(
                order="stop-first" if edge else "start-first", monitor="0s"
            ),
            converge_config=docker.ServiceConvergeConfigArgs(delay=duration(2000), timeout=duration(120_000)),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )

    def _task(self, where: str, *, edge: bool) -> docker.ServiceTaskSpecArgs:
        networks = [self._own_network, *(one.access.network_id for one in self._reachable.values())]
        megabytes = CACHE_MEGABYTES["edge" if edge else SHIELD] + OVERHEAD_MEGABYTES
        zone = (*EDGES, SHIELD).index(where)
        return docker.ServiceTaskSpecArgs(
            container_spec=self._container(where, edge=edge),
            networks_advanceds=[docker.ServiceTaskSpecNetworksAdvancedArgs(id=one) for one in networks],
            resources=docker.ServiceTaskSpecResourcesArgs(
                limits=docker.ServiceTaskSpecResourcesLimitsArgs(memory_bytes=megabytes * 1024 * 1024)
            ),
            placement=docker.ServiceTaskSpecPlacementArgs(
                constraints=[f"node.labels.archkit.zone=={self._zones[zone]}"]
            )
            if self._zones
            else None,
            restart_policy=docker.ServiceTaskSpecRestartPolicyArgs(condition="any", delay="0s", window="0s"),
            log_driver=log_driver(),
        )

    def _container(self, where: str, *, edge: bool) -> docker.ServiceTaskSpecContainerSpecArgs:
        uid, gid = USER.split(":")
        return docker.ServiceTaskSpecContainerSpecArgs(
            image=self.image.name,
            env={"VARNISH_MEMORY_MEGABYTES": str(CACHE_MEGABYTES["edge" if edge else SHIELD])},
            configs=[
                docker.ServiceTaskSpecContainerSpecConfigArgs(
                    config_id=made.id, config_name=made.name, file_name=_FILES[kind]
                )
                for kind, made in self._configurations(where, edge=edge).items()
            ],
            secrets=[
                docker.ServiceTaskSpecContainerSpecSecretArgs(
                    secret_id=secret.id,
                    secret_name=secret.name,
                    file_name=f"/run/secrets/{file}",
                    file_uid=uid,
                    file_gid=gid,
                    file_mode=0o400,
                )
                for file, secret in self.secrets.items()
                if edge or file == SECRET_FILES[1]
            ],
            healthcheck=http_check(INTERNAL_PORT, "/healthz", start_seconds=30),
            user=USER,
            read_only=True,
            mounts=[temporary_files("/run/location", 1), temporary_files("/tmp", 16)],  # noqa: S108 - the container's
            cap_drops=["ALL"],
            init=True,
            stop_grace_period=duration((STOP_SECONDS + 2) * 1000),
            labels=container_labels(self.component_name, ROLES["edge" if edge else SHIELD]),
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
