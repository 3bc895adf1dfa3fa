"""The database on a swarm: its servers as Docker is told, and the files that they read."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from archkit.graph import Graph
from archkit.recorder import record
from components.database import DatabaseArgs, Durability
from components.database.local import LocalDatabase
from components.errors import InvalidArgsError
from components.network import NetworkArgs
from components.network.local import LocalNetwork
from components.profile import Profile
from components.secrets import Authority
from components.settings import LocalSettings
from components.settings.local_data import DatabaseSettings
from components.size import Size

GOLDEN = Path(__file__).parent / "golden"
SETTINGS = LocalSettings()
THREE_ZONES = replace(SETTINGS, zones=("a", "b", "c"))


def deployed(args: DatabaseArgs | None = None, settings: LocalSettings = SETTINGS, name: str = "orders") -> Graph:
    def program() -> None:
        network = LocalNetwork("network", NetworkArgs(), settings=settings)
        LocalDatabase(name, args or DatabaseArgs(), settings=settings, network=network)

    return record(program, stack="api-local")


def container(graph: Graph, name: str) -> dict:
    return graph.named(name).inputs["taskSpec"]["containerSpec"]


def networks(graph: Graph, name: str) -> set[str]:
    used = graph.named(name).references
    return {one.urn.rpartition("::")[2] for one in used if one.path.startswith("taskSpec.networksAdvanceds")}


def secrets(graph: Graph, name: str) -> set[str]:
    used = graph.named(name).references
    return {one.urn.rpartition("::")[2] for one in used if ".secrets[" in one.path}


def text(graph: Graph, name: str) -> str:
    return graph.named(name).inputs["dataRaw"]


@pytest.mark.parametrize("name", ["member-1-configuration", "proxy-configuration", "writer-configuration"])
def test_the_configuration_is_as_reviewed(name: str) -> None:
    """To accept a change: `ARCHKIT_GOLDEN=write`, then read the difference."""
    made = text(deployed(), f"orders-{name}")
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("ARCHKIT_GOLDEN") == "write":
        golden.write_text(made)

    assert made == golden.read_text()


@pytest.mark.parametrize("replicas", [1, 2, 4])
def test_each_member_is_a_service_with_a_volume_that_outlives_it(replicas: int) -> None:
    graph = deployed(DatabaseArgs(replicas=replicas))
    members = [one for one in graph.resources if one.name.startswith("orders-member-") and one.name[-1].isdigit()]

    assert len(members) == replicas + 1, "the writer and its replicas"
    for number in range(1, replicas + 2):
        volume = graph.named(f"orders-member-{number}-data")
        assert volume.inputs["name"] == f"api-local-orders-member-{number}", "found again after a new `up`"
        assert {"label": "archkit.stack", "value": "api-local"} in volume.inputs["labels"]
        (mount,) = [one for one in container(graph, f"orders-member-{number}")["mounts"] if one["type"] == "volume"]
        assert mount["target"] == "/var/lib/postgresql/member"
        assert graph.named(f"orders-member-{number}").inputs["mode"] == {"replicated": {"replicas": 1}}


def test_another_replica_changes_nothing_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so is it added without an interruption: a changed server, file or secret restarts who has it."""
    signed: list[tuple[str, list[str]]] = []
    sign = Authority.certificate

    def certificate(self: Authority, common_name: str, hosts: list[str] | tuple[str, ...] = ()) -> str:
        signed.append((common_name, list(hosts)))
        return sign(self, common_name, hosts)

    monkeypatch.setattr(Authority, "certificate", certificate)
    two = deployed(DatabaseArgs(replicas=2))
    before = sorted(signed)
    signed.clear()
    three = deployed(DatabaseArgs(replicas=3))

    changed = {one.name for one in two.resources if one.custom and one.inputs != three.named(one.name).inputs}
    assert changed == set(), "orders-member-4 is new, and all else as it was"
    assert three.named("orders-member-4")
    assert before == sorted(signed), "a certificate lists every member that there can be"
    assert "api-local-orders-member-16" in dict(before)["member"]


@pytest.mark.parametrize("server", ["member-1", "etcd-1"])
def test_a_server_does_not_wait_for_the_name_of_one_that_is_gone(server: str) -> None:
    """PostgreSQL is promoted only once it knows that it cannot find the primary that is gone; drill: primary killed."""
    resolver = container(deployed(), f"orders-{server}")["dnsConfig"]

    assert resolver == {"nameservers": [], "options": ["ndots:1", "timeout:1", "attempts:1"]}


def test_members_change_one_after_the_other() -> None:
    graph = deployed()

    def after(name: str) -> set[str]:
        return {urn.rpartition("::")[2] for urn in graph.named(name).options.get("dependsOn", [])}

    assert "orders-member-1" in after("orders-member-2"), "a majority must run while one restarts"
    assert "orders-member-2" in after("orders-member-3")
    assert "orders-etcd-1" in after("orders-etcd-2")


def test_a_commit_waits_for_a_replica_unless_the_design_says_otherwise() -> None:
    kept = json.loads(text(deployed(), "orders-shared"))
    fast = json.loads(text(deployed(DatabaseArgs(durability=Durability.ASYNCHRONOUS)), "orders-shared"))

    assert (kept["synchronous_mode"], kept["synchronous_mode_strict"]) == ("quorum", True)
    assert (kept["ttl"], kept["loop_wait"], kept["retry_timeout"]) == (20, 2, 5)
    assert kept["loop_wait"] + 2 * kept["retry_timeout"] <= kept["ttl"], "Patroni's own rule"
    assert (fast["synchronous_mode"], fast["synchronous_mode_strict"]) == ("off", False)


def test_what_the_design_says_of_postgresql_reaches_it_and_what_a_promise_needs_stays() -> None:
    graph = deployed(DatabaseArgs(parameters={"work_mem": "8MB"}, size=Size.MEDIUM))
    patroni = yaml.safe_load(text(graph, "orders-member-1-configuration"))
    parameters = patroni["postgresql"]["parameters"]

    assert parameters["work_mem"] == "8MB"
    assert parameters["shared_buffers"] == "256MB"
    assert parameters["shared_preload_libraries"] == "pg_stat_statements"
    assert parameters["ssl"] == "on"
    assert parameters["password_encryption"] == "scram-sha-256"
    shared = json.loads(text(graph, "orders-shared"))
    # A new cluster lets the log go until a repository is ready; one that runs must not be told so again.
    assert "archive_command" not in shared["postgresql"]["parameters"]
    shared["postgresql"]["parameters"]["archive_command"] = "/bin/true"
    assert patroni["bootstrap"]["dcs"] == shared


def test_nobody_gets_in_over_the_network_without_tls_and_a_proof() -> None:
    patroni = yaml.safe_load(text(deployed(), "orders-member-1-configuration"))

    for line in patroni["postgresql"]["pg_hba"]:
        kind, method = line.split()[0], line.split(maxsplit=4)[-1].split()[0]
        assert kind in {"local", "hostssl"}, line
        assert kind == "local" or method in {"cert", "scram-sha-256"}, line
    assert "trust" not in text(deployed(), "orders-member-1-configuration")
    assert "password" not in patroni["postgresql"]["authentication"]["replication"], "members have certificates"


def test_each_server_joins_those_networks_and_has_those_secrets_that_it_needs() -> None:
    graph = deployed()

    assert networks(graph, "orders-etcd-1") == {"network-orders-etcd"}, "nobody but members reaches etcd"
    assert networks(graph, "orders-member-1") == {
        "network-orders-members",
        "network-orders-etcd",
        "network-orders-archive",
    }
    assert networks(graph, "orders-proxy") == {"network-orders", "network-orders-members"}
    assert networks(graph, "orders-writer") == {"network-orders"}, "a pool reaches no member past the proxy"
    assert secrets(graph, "orders-etcd-1") == {"orders-authority", "orders-etcd-certificate"}
    assert secrets(graph, "orders-proxy") == {"orders-authority"}
    assert secrets(graph, "orders-writer") == {"orders-authority", "orders-pooler-certificate", "orders-users"}
    assert secrets(graph, "orders-member-1") == {
        "orders-authority",
        "orders-member-certificate",
        "orders-roles",
        "orders-archive-authority",
        "orders-archive-member",
    }


def test_no_server_has_a_privilege_and_none_publishes_a_port() -> None:
    graph = deployed()
    servers = graph.of_type("docker:index/service:Service")

    assert len(servers) == 3 + 3 + 1 + 2 + 1
    for one in servers:
        if one.name == "orders-controller":
            continue  # holds the Docker socket: see the test of its own
        spec = one.inputs["taskSpec"]["containerSpec"]
        assert (spec["user"], spec["readOnly"], spec["capDrops"], spec["init"]) == ("10001:10001", True, ["ALL"], True)
        assert one.inputs["endpointSpec"] == {"mode": "dnsrr"}, "only who is linked gets in, by its network"
        assert spec["healthcheck"], one.name
        assert one.inputs["taskSpec"]["resources"]["limits"]["memoryBytes"], one.name


def test_the_controller_has_the_socket_etcd_s_network_one_certificate_and_nothing_else() -> None:
    graph = deployed()
    spec = container(graph, "orders-controller")

    assert networks(graph, "orders-controller") == {"network-orders-etcd"}
    assert secrets(graph, "orders-controller") == {"orders-authority", "orders-controller-certificate"}
    assert [one["source"] for one in spec["mounts"]] == ["/var/run/docker.sock"]
    assert (spec["readOnly"], spec["capDrops"]) == (True, ["ALL"])
    assert graph.named("orders-controller").inputs["mode"] == {"global": True}, "one on each node"
    assert spec["env"]["ARCHKIT_SCOPE"] == "api-local-orders"
    assert spec["env"]["ARCHKIT_NETWORK"] == "api-local-orders-etcd"


def test_no_other_server_of_the_database_has_the_socket() -> None:
    for one in deployed().of_type("docker:index/service:Service"):
        sources = {mount.get("source") for mount in one.inputs["taskSpec"]["containerSpec"].get("mounts", [])}
        assert ("/var/run/docker.sock" in sources) == (one.name == "orders-controller"), one.name


def test_without_protection_nobody_hurries_a_failover() -> None:
    graph = deployed(settings=replace(SETTINGS, protection=False))

    assert not [one for one in graph.resources if one.name == "orders-controller"]


def test_the_whole_is_allowed_at_most_the_memory_that_the_kit_promises() -> None:
    servers = deployed().of_type("docker:index/service:Service")

    total = sum(one.inputs["taskSpec"]["resources"]["limits"]["memoryBytes"] for one in servers)
    assert total <= 1.7 * 2**30, "the whole api design has to do with 1.5 GB, and uses a third of its limits"


def test_no_secret_is_seen_in_the_graph() -> None:
    shown = json.dumps([one.inputs for one in deployed().resources])

    assert "PRIVATE KEY" not in shown
    assert "SCRAM-SHA-256$" not in shown
    made = deployed().of_type("docker:index/secret:Secret")
    assert len(made) == 11
    assert {one.inputs["data"] for one in made} == {"[secret]"}


def test_in_three_zones_members_stand_apart_and_proxies_are_doubled() -> None:
    graph = deployed(DatabaseArgs(replicas=3), THREE_ZONES)

    def constraint(part: str) -> list[str]:
        return graph.named(f"orders-{part}").inputs["taskSpec"]["placement"]["constraints"]

    zones = [constraint(f"member-{number}") for number in (1, 2, 3, 4)]
    assert zones == [[f"node.labels.archkit.zone=={zone}"] for zone in ("a", "b", "c", "a")]
    assert [constraint(f"etcd-{number}") for number in (1, 2, 3)] == zones[:3]
    assert graph.named("orders-proxy").inputs["mode"]["replicated"]["replicas"] == 2
    assert not graph.of_type("docker:index/volume:Volume"), "each node makes its own: the provider knows one node only"
    (mount,) = [one for one in container(graph, "orders-member-1")["mounts"] if one["type"] == "volume"]
    assert mount["source"] == "api-local-orders-member-1"
    assert {"label": "archkit.stack", "value": "api-local"} in mount["volumeOptions"]["labels"], "found by `--volumes`"


@pytest.mark.parametrize("zones", [(), ("a", "b", "c")])
def test_storage_with_a_size_is_a_volume_of_that_size_and_name(zones: tuple[str, ...]) -> None:
    settings = replace(SETTINGS, zones=zones, database=DatabaseSettings(storage_megabytes=2048))
    graph = deployed(settings=settings)
    (mount,) = [one for one in container(graph, "orders-member-1")["mounts"] if one["type"] == "volume"]

    if zones:
        assert mount["source"] == "api-local-orders-member-1-2048m"
        assert mount["volumeOptions"]["driverOptions"] == {"size": "2048m"}
    else:
        volume = graph.named("orders-member-1-data").inputs
        assert (volume["name"], volume["driverOpts"]) == ("api-local-orders-member-1-2048m", {"size": "2048m"})
    assert graph.named("orders").outputs["only_grows"] == {"version": 17, "storage_megabytes": 2048}


@pytest.mark.parametrize("megabytes", [0, 1023, 16 * 1024 * 1024 + 1])
def test_storage_out_of_range_is_refused(megabytes: int) -> None:
    with pytest.raises(InvalidArgsError, match="local/database/storage_megabytes: must be 1024 to 16777216, got"):
        DatabaseSettings(storage_megabytes=megabytes)


def test_what_stands_before_the_members_is_replaced_beside_itself_and_what_has_a_volume_never() -> None:
    graph = deployed()
    order = {one.name: one.inputs["updateConfig"]["order"] for one in graph.of_type("docker:index/service:Service")}
    beside = {name for name, value in order.items() if value == "start-first"}

    assert beside == {"orders-proxy", "orders-writer", "orders-reader"}
    for name in beside:
        assert not [one for one in container(graph, name).get("mounts", []) if one["type"] == "volume"]


def test_in_prod_no_proxy_is_the_only_one() -> None:
    graph = deployed(settings=replace(SETTINGS, profile=Profile.PROD))

    assert graph.named("orders-proxy").inputs["mode"]["replicated"]["replicas"] == 2
    assert graph.named("orders-writer").inputs["mode"]["replicated"]["replicas"] == 2


@pytest.mark.parametrize("pooling", [True, False])
def test_a_linked_service_is_told_where_and_how_and_gets_two_files(pooling: bool) -> None:
    told: dict[str, object] = {}

    def program() -> None:
        network = LocalNetwork("network", NetworkArgs(), settings=SETTINGS)
        made = LocalDatabase("orders", DatabaseArgs(pooling=pooling), settings=SETTINGS, network=network)
        told.update(made.variables)
        told["endpoint"] = (made.endpoint.host, made.endpoint.port)
        told["reader"] = (made.reader.host, made.reader.port)
        told["migration"] = (made.migration.host, made.migration.port)
        told["files"] = [one.file_name for one in made.access.secrets]

    record(program, stack="api-local")

    prefix = "api-local-orders"
    assert told["endpoint"] == ((f"{prefix}-writer", 5432) if pooling else (f"{prefix}-proxy", 5432))
    assert told["reader"] == ((f"{prefix}-reader", 5432) if pooling else (f"{prefix}-proxy", 5433))
    assert told["migration"] == (f"{prefix}-proxy", 5432), "a lock of a session needs a connection of its own"
    assert (told["USER"], told["DATABASE"], told["CREDENTIALS"]) == ("app", "app", "file")
    assert told["files"] == [told["PASSWORD_FILE"], told["CA_FILE"]]
    assert told["PASSWORD_FILE"] == "/run/secrets/orders-password"


def test_without_pooling_there_is_no_pool() -> None:
    graph = deployed(DatabaseArgs(pooling=False))

    assert not [one for one in graph.resources if one.name in {"orders-writer", "orders-reader"}]


def test_a_name_that_is_too_long_for_dns_is_refused() -> None:
    with pytest.raises(InvalidArgsError, match="must be at most 63 characters"):
        deployed(name="o" * 50)


def test_the_type_token_is_pinned() -> None:
    """Another token would be another resource: the database would be replaced."""
    assert deployed().named("orders").type == "archkit:local:Database"
