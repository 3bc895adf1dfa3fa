"""The backup on a swarm: its servers as Docker is told, and the files that they read."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from archkit.graph import Graph
from archkit.recorder import record
from components.access import archive
from components.backup import BackupArgs, RecoveryPoint
from components.backup.local.material import fingerprint, keys
from components.database import DatabaseArgs
from components.errors import InvalidArgsError
from components.network import NetworkArgs
from components.secrets import Derived, ssh_key, ssh_public
from components.settings import LocalSettings
from components.targets.local import LocalTarget

GOLDEN = Path(__file__).parent / "golden"
SETTINGS = LocalSettings()
THREE_ZONES = replace(SETTINGS, zones=("a", "b", "c"))
SECRETS = Derived(root="x" * 40, stack="api-local", component="vault")


def deployed(
    args: BackupArgs | None = None,
    settings: LocalSettings = SETTINGS,
    name: str = "vault",
    databases: tuple[str, ...] = ("orders",),
) -> Graph:
    def program() -> None:
        target = LocalTarget(settings)
        network = target.network("network", NetworkArgs())
        made = [target.database(one, DatabaseArgs(), network=network) for one in databases]
        target.backup(name, args or BackupArgs(), network=network, databases=made)

    return record(program, stack="api-local")


def names(graph: Graph, name: str, path: str) -> set[str]:
    return {one.urn.rpartition("::")[2] for one in graph.named(name).references if path in one.path}


@pytest.mark.parametrize("name", ["vault-orders-configuration", "vault-offsite-configuration", "orders-pgbackrest"])
def test_the_configuration_is_as_reviewed(name: str) -> None:
    """To accept a change: `ARCHKIT_GOLDEN=write`, then read the difference."""
    made = deployed().named(name).inputs["dataRaw"]
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("ARCHKIT_GOLDEN") == "write":
        golden.write_text(made)

    assert made == golden.read_text()


def test_a_repository_meets_its_members_on_one_network_and_the_offsite_server_on_another() -> None:
    graph = deployed(databases=("orders", "users"))

    for database in ("orders", "users"):
        found = names(graph, f"vault-{database}", "networksAdvanceds")
        assert found == {f"network-{database}-archive", "network-vault-offsite"}
        assert f"network-{database}-archive" in names(graph, f"{database}-member-1", "networksAdvanceds")
    assert names(graph, "vault-offsite", "networksAdvanceds") == {"network-vault-offsite"}
    members = [one.name for one in graph.resources if "-member-" in one.name and one.type.endswith("Service")]
    assert members
    for member in members:
        assert "network-vault-offsite" not in names(graph, member, "networksAdvanceds"), "a member writes nothing there"


def test_members_find_it_by_names_that_say_what_it_keeps() -> None:
    def aliases(args: BackupArgs) -> list[str]:
        networks = deployed(args).named("vault-orders").inputs["taskSpec"]["networksAdvanceds"]
        return networks[0]["aliases"]

    assert aliases(BackupArgs()) == ["repository", "offsite"]
    assert aliases(BackupArgs(offsite=False)) == ["repository"]


def test_a_backup_changes_nothing_of_a_database_that_runs() -> None:
    """Decision record 7: it would restart every member."""

    def program() -> None:
        target = LocalTarget(SETTINGS)
        target.database("orders", DatabaseArgs(), network=target.network("network", NetworkArgs()))

    alone, copied = record(program, stack="api-local"), deployed()
    members = [one for one in alone.resources if one.name.startswith("orders-") and one.custom]

    assert members
    for one in members:
        assert copied.named(one.name).inputs == one.inputs, one.name


def test_each_server_has_those_secrets_that_it_needs() -> None:
    graph = deployed()

    assert names(graph, "vault-orders", ".secrets[") == {
        "orders-archive-authority",
        "orders-archive-repository",
        "vault-orders-keys",
        "vault-ssh-key",
    }
    assert names(graph, "vault-offsite", ".secrets[") == {"vault-host-key", "vault-authorized"}
    member = names(graph, "orders-member-1", ".secrets[")
    assert {"orders-archive-authority", "orders-archive-member"} <= member
    assert not member & {"vault-orders-keys", "vault-ssh-key"}, "who is broken into must not open old copies"


def test_no_server_has_a_privilege_and_none_publishes_a_port() -> None:
    graph = deployed()

    for name in ("vault-orders", "vault-offsite"):
        one = graph.named(name)
        spec = one.inputs["taskSpec"]["containerSpec"]
        assert (spec["user"], spec["readOnly"], spec["capDrops"], spec["init"]) == ("10001:10001", True, ["ALL"], True)
        assert one.inputs["endpointSpec"] == {"mode": "dnsrr"}
        assert spec["healthcheck"]
        assert one.inputs["taskSpec"]["resources"]["limits"]["memoryBytes"] <= 192 * 2**20
    for network in ("network-orders-archive", "network-vault-offsite"):
        assert graph.named(network).inputs["internal"] is True


def test_copies_outlive_the_stack_and_stand_on_volumes_of_their_own() -> None:
    graph = deployed()

    volumes = {graph.named(f"vault-{part}-data").inputs["name"] for part in ("orders", "offsite")}
    assert volumes == {"api-local-vault-orders", "api-local-vault-offsite"}


def test_in_three_zones_members_repository_and_offsite_server_stand_apart() -> None:
    graph = deployed(settings=THREE_ZONES)

    def zone(name: str) -> list[str]:
        return graph.named(name).inputs["taskSpec"]["placement"]["constraints"]

    assert len({tuple(zone(name)) for name in ("orders-member-1", "vault-orders", "vault-offsite")}) == 3


def test_without_offsite_there_is_no_offsite_server_and_no_promise_of_one() -> None:
    graph = deployed(BackupArgs(offsite=False))

    assert not [one for one in graph.resources if one.name.startswith("vault-offsite")]
    assert "repo2" not in graph.named("vault-orders-configuration").inputs["dataRaw"]
    assert "offsite_seconds" not in graph.named("vault").outputs["recovery_point"]


def test_the_agent_is_told_schedule_and_tiers() -> None:
    environment = deployed().named("vault-orders").inputs["taskSpec"]["containerSpec"]["env"]

    assert json.loads(environment["ARCHKIT_BACKUP"]) == {
        "stanza": "orders",
        "schedule": "0 2 * * *",
        "daily": 35,
        "weekly": 8,
        "monthly": 12,
        "repositories": [1, 2],
    }


def test_each_place_and_each_database_has_a_key_of_its_own_the_same_at_every_run() -> None:
    def values(database: str) -> list[str]:
        return [line.partition("=")[2] for line in keys(SECRETS, database, offsite=True).splitlines() if "pass" in line]

    assert values("orders") == values("orders")
    assert len({*values("orders"), *values("users")}) == 4
    assert "repo2" not in keys(SECRETS, "orders", offsite=False)


def test_the_offsite_server_is_known_by_its_fingerprint_and_knows_one_key() -> None:
    assert ssh_key(SECRETS, "host") == ssh_key(SECRETS, "host") != ssh_key(SECRETS, "repository")
    assert ssh_public(SECRETS, "host").startswith("ecdsa-sha2-nistp256 ")
    assert len(fingerprint(SECRETS)) == 64
    sshd = deployed().named("vault-offsite-configuration").inputs["dataRaw"]
    assert "PasswordAuthentication no" in sshd
    assert "ForceCommand internal-sftp" in sshd


def test_no_secret_is_seen_in_the_graph() -> None:
    shown = json.dumps([one.inputs for one in deployed().resources])

    assert "PRIVATE KEY" not in shown
    assert "cipher-pass=" not in shown


@pytest.mark.parametrize("field", ["local_seconds", "offsite_seconds"])
def test_an_objective_below_what_the_log_can_keep_is_refused(field: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        deployed(BackupArgs(recovery_point=RecoveryPoint(**{field: 30})))

    assert refused.value.problems == (
        f"backup/vault/recovery_point/{field}: must be at least {archive.TIMEOUT_SECONDS} on local, got 30; "
        "the log leaves the primary when a segment is full, or after that time",
    )


def test_a_database_that_is_called_as_the_offsite_server_is_refused() -> None:
    with pytest.raises(InvalidArgsError, match="must have other names, got 'offsite'"):
        deployed(databases=("offsite",))


def test_a_name_that_is_too_long_for_dns_is_refused() -> None:
    with pytest.raises(InvalidArgsError, match="must be at most 63 characters"):
        deployed(name="v" * 50)
