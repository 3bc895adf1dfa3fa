"""Migrations on Docker: a task that is healthy once everything is applied."""

import pytest

from archkit.graph import Graph
from archkit.recorder import record
from components.database import DatabaseArgs
from components.image import ImageArgs
from components.migration import MigrationArgs
from components.network import NetworkArgs
from components.settings import LocalSettings
from components.targets.local import LocalTarget


@pytest.fixture(scope="module")
def graph() -> Graph:
    def program() -> None:
        target = LocalTarget(LocalSettings(images={"api": "archkit/api:1"}))
        network = target.network("network", NetworkArgs())
        image = target.image("image", ImageArgs(app="api"))
        database = target.database("orders", DatabaseArgs(), network=network)
        target.migration("schema", MigrationArgs(), network=network, image=image, database=database)

    return record(program)


def container(graph: Graph):
    return graph.named("schema-migration").inputs["taskSpec"]["containerSpec"]


def test_it_is_healthy_only_once_the_command_ended_well(graph: Graph) -> None:
    spec = container(graph)
    shell, flag, script, _, *command = spec["commands"]
    assert (shell, flag) == ("bash", "-c")
    assert script.startswith('"$@" || exit 1; : >/tmp/applied')
    assert command == list(MigrationArgs().command)
    assert spec["healthcheck"]["tests"][-3:] == ["test", "-e", "/tmp/applied"]
    assert spec["image"] == "archkit/api:1", "the version's own migrations"


def test_it_goes_past_the_pool_with_the_owner_s_secret_and_no_other(graph: Graph) -> None:
    spec = container(graph)
    assert spec["env"]["MIGRATION_HOST"].endswith("-orders-proxy")
    assert spec["env"]["MIGRATION_USER"] == "owner"
    files = {one["fileName"] for one in spec["secrets"]}
    assert files == {"/run/secrets/orders-owner-password", "/run/secrets/orders-ca.pem"}
    assert spec["env"]["MIGRATION_PASSWORD_FILE"] in files
    assert spec["env"]["MIGRATION_CA_FILE"] in files


def test_one_that_fails_leaves_the_version_before(graph: Graph) -> None:
    update = graph.named("schema-migration").inputs["updateConfig"]
    assert update["failureAction"] == "rollback"
    assert update["order"] == "stop-first", "two at once would wait for each other's lock"
