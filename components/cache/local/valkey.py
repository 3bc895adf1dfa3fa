"""Valkey: a primary and its replicas, three Sentinels that choose it, and a proxy that finds it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_docker as docker

from components.access.local import LocalPlacement, LocalSecret
from components.cache.contract import MAX_REPLICAS, CacheArgs
from components.cache.local import layout
from components.cache.local.layout import Layout
from components.cache.local.material import Material
from components.cache.local.views import STOP_SECONDS, render_member, render_proxy, render_sentinel
from components.connect import Component
from components.health import command_check, http_check
from components.images import ROOT, build
from components.profile import Profile
from components.servers import Server, file, in_turn, serve
from components.settings import LocalSettings

_IMAGE = ROOT / "components" / "cache" / "image" / "valkey"
_SENTINEL_MEGABYTES, _PROXY_MEGABYTES = 48, 96
# Above the data: buffers of replicas and clients, and pages that change while a replica is sent the whole.
# ElastiCache User Guide, "Managing reserved memory": 25 % of a node's, so a third of the data's.
_MEMBER_SHARE, _MEMBER_MEGABYTES = 4 / 3, 48
# How long a member that was the primary waits for another to take over; measured gaps are 1.8 to 2.3 s.
_WAIT_SECONDS = 8
_START_SECONDS = 30
_STOP_SECONDS = 20  # of a member: a hand-over takes one, and three Sentinels that are gone as many more


@dataclass(frozen=True, kw_only=True)
class Valkey:
    """Args: `members`, `sentinels` and `proxy`, as services; `password` that applications prove themselves by."""

    members: Sequence[docker.Service]
    sentinels: Sequence[docker.Service]
    proxy: docker.Service
    password: LocalSecret


class _Maker:
    """Makes the services of one cache."""

    def __init__(
        self, cache: Component, args: CacheArgs, names: Layout, material: Material, settings: LocalSettings
    ) -> None:
        self.cache, self.args, self.names, self.material, self.settings = cache, args, names, material, settings
        self.image = build(cache.part("image"), "valkey", _IMAGE, settings, parent=cache)
        # The proxy passes connections on as they are: members stand for it.
        hosts = [names.host(f"member-{number}") for number in range(1, MAX_REPLICAS + 2)]
        self.certificate = material.certificate(layout.COMMON_NAME, [*hosts, names.host("proxy"), "localhost"])

    def environment(self, part: str, user: str) -> dict[str, pulumi.Input[str]]:
        """What the image's scripts are told: who they are, and whom to ask who leads."""
        return {
            "CACHE_SELF": self.names.host(part),
            "CACHE_USER": user,
            "CACHE_FIRST": self.names.member_hosts[0],
            "CACHE_SENTINELS": " ".join(self.names.sentinel_hosts),
            "CACHE_MOST_MEMBERS": str(MAX_REPLICAS + 1),
            "CACHE_WAIT_SECONDS": str(_WAIT_SECONDS),
        }

    def members(self, networks: Sequence[pulumi.Input[str]], zones: Sequence[str]) -> list[docker.Service]:
        """One service each. Changed one after the other, so that an update always leaves one to hand over to."""
        made: list[docker.Service] = []
        secrets = [self.material.authority, self.certificate, self.material.member_users()]
        password = self.material.password(layout.MEMBER)
        configuration = file(
            self.cache,
            self.cache.part("member-configuration"),
            self.names.component,
            render_member(self.args, self.names),
        )
        for index, part in enumerate(self.names.member_parts):
            server = Server(
                component=self.names.component,
                role="member",
                part=part,
                image=self.image.name,
                command=["cache-member"],
                networks=networks,
                megabytes=round(self.args.memory_mebibytes * _MEMBER_SHARE) + _MEMBER_MEGABYTES,
                check=command_check(
                    ["cache-health", str(layout.MEMBER_PORT)], every_seconds=3, start_seconds=_START_SECONDS
                ),
                environment=self.environment(part, layout.MEMBER),
                files={"/etc/cache/valkey.conf": configuration},
                secrets=[*secrets, password],
                temporary={"/tmp": 8},  # noqa: S108 - the container's own
                zone=zones[index % len(zones)] if zones else "",
                stop_seconds=_STOP_SECONDS,
                after=in_turn(self.settings, *made[-1:]),
            )
            made.append(serve(self.cache, self.cache.part(part), server))
        return made

    def sentinels(
        self, networks: Sequence[pulumi.Input[str]], zones: Sequence[str], after: Sequence[docker.Service]
    ) -> list[docker.Service]:
        """Three. Should all restart at once, they learn from the members who leads."""
        made: list[docker.Service] = []
        secrets = [
            self.material.authority,
            self.material.certificate(layout.SENTINEL, [*self.names.sentinel_hosts, "localhost"]),
            self.material.sentinel_users(),
            self.material.password(layout.SENTINEL),
        ]
        for index, part in enumerate(self.names.sentinel_parts):
            configuration = file(
                self.cache,
                self.cache.part(f"{part}-configuration"),
                self.names.component,
                render_sentinel(self.names, part),
            )
            server = Server(
                component=self.names.component,
                role="sentinel",
                part=part,
                image=self.image.name,
                command=["cache-sentinel"],
                networks=networks,
                megabytes=_SENTINEL_MEGABYTES,
                check=command_check(
                    ["cache-health", str(layout.SENTINEL_PORT)], every_seconds=3, start_seconds=_START_SECONDS
                ),
                environment=self.environment(part, layout.SENTINEL),
                files={"/etc/cache/sentinel.conf": configuration},
                secrets=secrets,
                temporary={"/tmp": 8},  # noqa: S108 - the container's own
                zone=zones[index % len(zones)] if zones else "",
                after=in_turn(self.settings, *after),
            )
            made.append(serve(self.cache, self.cache.part(part), server))
        return made

    def proxy(
        self, networks: Sequence[pulumi.Input[str]], zones: Sequence[str], after: Sequence[docker.Service]
    ) -> docker.Service:
        """One, or two where the loss of one must not be waited out."""
        configuration = file(
            self.cache, self.cache.part("proxy-configuration"), self.names.component, render_proxy(self.names)
        )
        doubled = bool(zones) or self.settings.profile is Profile.PROD
        server = Server(
            component=self.names.component,
            role="proxy",
            part="proxy",
            image=self.image.name,
            command=["haproxy", "-db", "-f", layout.PROBE_FILE, "-f", "/etc/haproxy/haproxy.cfg"],
            networks=networks,
            megabytes=_PROXY_MEGABYTES,
            check=http_check(layout.PROXY_INTERNAL_PORT, "/healthz", start_seconds=10),
            files={"/etc/haproxy/haproxy.cfg": configuration},
            secrets=[self.material.authority, self.material.probe()],
            replicas=2 if doubled else 1,
            spread=bool(zones),
            # It ends by itself in `STOP_SECONDS`; with two more, a busy machine failed a removal now and then.
            stop_seconds=STOP_SECONDS + 10,
            stop_signal="SIGUSR1",
            after=in_turn(self.settings, *after),
        )
        return serve(self.cache, self.cache.part("proxy"), server)


def valkey(
    cache: Component,
    args: CacheArgs,
    *,
    names: Layout,
    placement: LocalPlacement,
    own_network: pulumi.Input[str],
    settings: LocalSettings,
) -> tuple[Valkey, Material]:
    """Makes them. Applications reach the proxy alone: members and Sentinels have a network of their own."""
    material = Material(cache)
    inside = placement.overlay(f"{names.component}-members", internal=True)
    maker = _Maker(cache, args, names, material, settings)
    members = maker.members([inside], placement.zones)
    sentinels = maker.sentinels([inside], placement.zones, members[:1])
    proxy = maker.proxy([own_network, inside], placement.zones, members[:1])
    password = material.application_password()
    return Valkey(members=members, sentinels=sentinels, proxy=proxy, password=password), material
