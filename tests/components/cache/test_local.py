"""The cache on a swarm: its servers as Docker is told, and the files that they read."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from archkit.graph import Graph
from archkit.recorder import record
from components.cache import CacheArgs, Engine, Eviction
from components.cache.local.views import render_member_users, render_probe, render_sentinel_users
from components.errors import InvalidArgsError
from components.image import ImageArgs
from components.network import NetworkArgs
from components.profile import Profile
from components.secrets import Derived
from components.service import ServiceArgs
from components.settings import LocalSettings
from components.targets.local import LocalTarget

GOLDEN = Path(__file__).parent / "golden"
SETTINGS = LocalSettings(images={"web": "archkit/web:1"})
THREE_ZONES = replace(SETTINGS, zones=("a", "b", "c"))
MEMCACHED = CacheArgs(engine=Engine.MEMCACHED)
SECRETS = Derived(root="r" * 32, stack="api-local", component="catalogue")


def deployed(args: CacheArgs | None = None, settings: LocalSettings = SETTINGS, name: str = "catalogue") -> Graph:
    def program() -> None:
        target = LocalTarget(settings)
        network = target.network("network", NetworkArgs())
        made = target.cache(name, args or CacheArgs(), network=network)
        image = target.image("image", ImageArgs(app="web"))
        target.service("linked", ServiceArgs(), network=network, image=image, links=[made])
        target.service("stranger", ServiceArgs(), network=network, image=image)

    return record(program, stack="api-local")


def container(graph: Graph, name: str) -> dict:
    return graph.named(name).inputs["taskSpec"]["containerSpec"]


def networks(graph: Graph, name: str) -> set[str]:
    used = graph.named(name).references
    return {one.urn.rpartition("::")[2] for one in used if one.path.startswith("taskSpec.networksAdvanceds")}


def secrets(graph: Graph, name: str) -> set[str]:
    used = graph.named(name).references
    return {one.urn.rpartition("::")[2] for one in used if ".secrets[" in one.path}


def servers(graph: Graph) -> list[str]:
    found = graph.of_type("docker:index/service:Service")
    return [one.name for one in found if one.name.startswith("catalogue-")]


def as_reviewed(name: str, text: str) -> None:
    """To accept a change: `ARCHKIT_GOLDEN=write`, then read the difference."""
    golden = GOLDEN / name
    if os.environ.get("ARCHKIT_GOLDEN") == "write":
        golden.write_text(text)
    assert text == golden.read_text()


@pytest.mark.parametrize("name", ["member-configuration", "sentinel-1-configuration", "proxy-configuration"])
def test_the_configuration_is_as_reviewed(name: str) -> None:
    as_reviewed(f"{name}.txt", deployed().named(f"catalogue-{name}").inputs["dataRaw"])


def test_who_may_do_what_is_as_reviewed_and_tells_no_password() -> None:
    for name, text in (("member", render_member_users(SECRETS)), ("sentinel", render_sentinel_users(SECRETS))):
        as_reviewed(f"{name}-users.txt", text)
        assert text.startswith("user default off"), "who gives no name is nobody"
        for user in ("app", "member", "sentinel", "probe"):
            assert SECRETS.password(user) not in text
    assert "user app" not in render_sentinel_users(SECRETS), "no application speaks to a Sentinel"
    assert SECRETS.password("probe") in render_probe(SECRETS)


@pytest.mark.parametrize("replicas", [1, 2, 5])
def test_each_member_is_a_service_and_three_sentinels_vote_for_any_number(replicas: int) -> None:
    names = servers(deployed(CacheArgs(replicas=replicas)))

    assert len([one for one in names if "member" in one]) == replicas + 1, "the primary and its replicas"
    assert len([one for one in names if "sentinel" in one]) == 3
    assert names.count("catalogue-proxy") == 1


def test_another_replica_changes_nothing_of_the_members_and_sentinels_that_run() -> None:
    two, three = deployed(CacheArgs(replicas=2)), deployed(CacheArgs(replicas=3))

    for part in ("member-1", "member-2", "member-3", "sentinel-1", "member-configuration"):
        assert two.named(f"catalogue-{part}").inputs == three.named(f"catalogue-{part}").inputs


def test_memory_and_eviction_reach_the_engine_and_the_container_has_room_above_the_data() -> None:
    graph = deployed(CacheArgs(memory_mebibytes=600, eviction=Eviction.VOLATILE_TTL))
    lines = graph.named("catalogue-member-configuration").inputs["dataRaw"].splitlines()

    assert "maxmemory 600mb" in lines
    assert "maxmemory-policy volatile-ttl" in lines
    limit = graph.named("catalogue-member-1").inputs["taskSpec"]["resources"]["limits"]["memoryBytes"]
    assert limit >= 1.25 * 600 * 2**20


def test_nothing_is_kept_on_a_disk() -> None:
    graph = deployed()
    lines = graph.named("catalogue-member-configuration").inputs["dataRaw"].splitlines()

    assert 'save ""' in lines
    assert "appendonly no" in lines
    assert not graph.of_type("docker:index/volume:Volume")


def test_each_server_joins_those_networks_and_has_those_secrets_that_it_needs() -> None:
    graph = deployed()

    assert networks(graph, "catalogue-member-1") == {"network-catalogue-members"}, "no application reaches a member"
    assert networks(graph, "catalogue-sentinel-1") == {"network-catalogue-members"}
    assert networks(graph, "catalogue-proxy") == {"network-catalogue", "network-catalogue-members"}
    ours = {"catalogue-authority"}
    assert secrets(graph, "catalogue-proxy") == {*ours, "catalogue-probe"}
    assert secrets(graph, "catalogue-member-1") == ours | {
        f"catalogue-member-{one}" for one in ("certificate", "users", "password")
    }
    assert secrets(graph, "catalogue-sentinel-1") == ours | {
        f"catalogue-sentinel-{one}" for one in ("certificate", "users", "password")
    }


@pytest.mark.parametrize("args", [CacheArgs(), MEMCACHED])
def test_no_server_has_a_privilege_and_none_publishes_a_port(args: CacheArgs) -> None:
    graph = deployed(args)

    assert servers(graph)
    for name in servers(graph):
        spec = container(graph, name)
        assert (spec["user"], spec["readOnly"], spec["capDrops"], spec["init"]) == ("10001:10001", True, ["ALL"], True)
        assert spec["healthcheck"]["tests"]
        assert "ports" not in graph.named(name).inputs["endpointSpec"]
        assert graph.named(name).inputs["taskSpec"]["resources"]["limits"]["memoryBytes"]


def test_no_secret_is_seen_in_the_graph() -> None:
    graph = deployed()
    shown = json.dumps([one.inputs for one in graph.resources])

    assert "PRIVATE KEY" not in shown
    made = graph.of_type("docker:index/secret:Secret")
    assert len(made) == 9
    assert {one.inputs["data"] for one in made} == {"[secret]"}


@pytest.mark.parametrize(
    ("args", "told", "files"),
    [
        (
            CacheArgs(),
            {
                "CATALOGUE_URL": "rediss://api-local-catalogue-proxy:6379",
                "CATALOGUE_HOST": "api-local-catalogue-proxy",
                "CATALOGUE_PORT": "6379",
                "CATALOGUE_READER_URL": "rediss://api-local-catalogue-proxy:6380",
                "CATALOGUE_READER_HOST": "api-local-catalogue-proxy",
                "CATALOGUE_READER_PORT": "6380",
                "CATALOGUE_NODES": "api-local-catalogue-proxy:6379",
                "CATALOGUE_CA_FILE": "/run/secrets/catalogue-ca.pem",
                "CATALOGUE_CREDENTIALS": "file",
                "CATALOGUE_USER": "app",
                "CATALOGUE_PASSWORD_FILE": "/run/secrets/catalogue-password",
            },
            {"catalogue-password", "catalogue-authority"},
        ),
        (
            CacheArgs(engine=Engine.MEMCACHED, nodes=2),
            {
                "CATALOGUE_URL": "memcached://api-local-catalogue-node-1:11211",
                "CATALOGUE_HOST": "api-local-catalogue-node-1",
                "CATALOGUE_PORT": "11211",
                "CATALOGUE_READER_URL": "memcached://api-local-catalogue-node-1:11211",
                "CATALOGUE_READER_HOST": "api-local-catalogue-node-1",
                "CATALOGUE_READER_PORT": "11211",
                "CATALOGUE_NODES": "api-local-catalogue-node-1:11211,api-local-catalogue-node-2:11211",
                "CATALOGUE_CA_FILE": "/run/secrets/catalogue-ca.pem",
                "CATALOGUE_CREDENTIALS": "none",
            },
            {"catalogue-authority"},
        ),
    ],
)
def test_a_link_gives_the_endpoints_the_secret_as_a_file_the_network_and_nothing_else(
    args: CacheArgs, told: dict[str, str], files: set[str]
) -> None:
    graph = deployed(args)
    linked, stranger = container(graph, "linked-replica"), container(graph, "stranger-replica")

    assert {key: linked["env"][key] for key in linked["env"].keys() - stranger["env"].keys()} == told
    assert secrets(graph, "linked-replica") == files
    assert networks(graph, "linked-replica") - {"network-linked"} == {"network-catalogue"}
    assert secrets(graph, "stranger-replica") == set()
    assert networks(graph, "stranger-replica") == {"network-stranger"}


def test_memcached_speaks_tls_to_others_and_says_how_full_it_may_get() -> None:
    graph = deployed(CacheArgs(engine=Engine.MEMCACHED, memory_mebibytes=128, eviction=Eviction.NOEVICTION))
    command = container(graph, "catalogue-node-1")["commands"]

    assert {"--memory-limit=128", "--enable-ssl", "--disable-evictions", "--udp-port=0"} <= set(command)
    (listen,) = [one for one in command if one.startswith("--listen=")]
    assert listen == "--listen=0.0.0.0:11211,notls:127.0.0.1:11212", "without TLS nobody but the container itself"
    assert "--disable-evictions" not in container(deployed(MEMCACHED), "catalogue-node-1")["commands"]


def test_in_three_zones_members_and_sentinels_stand_apart_and_the_proxy_is_doubled() -> None:
    graph = deployed(CacheArgs(replicas=3), THREE_ZONES)

    def constraint(part: str) -> list[str]:
        return graph.named(f"catalogue-{part}").inputs["taskSpec"]["placement"]["constraints"]

    zones = [constraint(f"member-{number}") for number in (1, 2, 3, 4)]
    assert zones == [[f"node.labels.archkit.zone=={zone}"] for zone in ("a", "b", "c", "a")]
    assert [constraint(f"sentinel-{number}") for number in (1, 2, 3)] == zones[:3]
    assert graph.named("catalogue-proxy").inputs["mode"]["replicated"]["replicas"] == 2


def test_in_prod_the_proxy_is_not_the_only_one() -> None:
    graph = deployed(settings=replace(SETTINGS, profile=Profile.PROD))

    assert graph.named("catalogue-proxy").inputs["mode"]["replicated"]["replicas"] == 2


def test_a_name_that_is_too_long_for_dns_is_refused() -> None:
    with pytest.raises(InvalidArgsError, match="must be at most 63 characters"):
        deployed(name="c" * 50)


def test_the_type_token_is_pinned() -> None:
    """Another token would be another resource: the cache would be replaced."""
    assert deployed().named("catalogue").type == "archkit:local:Cache"
