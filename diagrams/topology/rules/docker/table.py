"""Role of each pulumi-docker type."""

from __future__ import annotations

from topology.draft.spec import CONTAINER, SERVICE
from topology.kinds import Kind, Tier
from topology.rules.docker.services import NETWORK, VOLUME, fold_volume
from topology.rules.rule import Role, Rule, folded

_RUNS = Rule(
    role=Role.PRIMARY,
    kind=Kind.SERVICE,
    carries=("taskSpec", "image", "secrets", "configs"),
)
RULES: dict[str, Rule] = {
    SERVICE: _RUNS,
    CONTAINER: _RUNS,
    NETWORK: Rule(role=Role.CONTAINER),
    VOLUME: Rule(
        role=Role.PRIMARY,  # only where nobody mounts it; see `fold_volume`
        kind=Kind.VOLUME,
        service="volume",
        icon="docker/volume",
        tier=Tier.STORAGE,
        badge="volume",
        flow=fold_volume,
    ),
    "docker:index/secret:Secret": Rule(role=Role.BADGE, badge="secret", icon="docker/secret"),
    "docker:index/serviceConfig:ServiceConfig": folded(),
    "docker:index/remoteImage:RemoteImage": folded(),
    "docker:index/image:Image": folded(),
    "docker:index/registryImage:RegistryImage": folded("name"),
    "docker:index/tag:Tag": folded("sourceImage"),
    "docker:index/buildxBuilder:BuildxBuilder": folded(),
    "docker:index/plugin:Plugin": folded(),
    "docker-build:index:Image": folded(),
}
