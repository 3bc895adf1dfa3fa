"""The api design on both targets, as it ships: every resource accounted for, and who is connected to whom."""

from pathlib import Path

import pytest
import yaml

from archkit.graph import Graph
from archkit.recorder import record
from components.cache import CacheArgs, Engine
from components.errors import InvalidArgsError
from components.images import ROOT
from stacks.api import ApiConfig
from stacks.program import program

GOLDEN = Path(__file__).parent / "golden"


def deployed(target: str) -> Graph:
    shipped = yaml.safe_load((ROOT / "stacks" / "config" / f"api-{target}.yaml").read_text())["config"]
    region = {"aws:region": shipped["aws:region"]} if "aws:region" in shipped else {}
    return record(program(shipped), stack=f"api-{target}", config=region)


@pytest.mark.parametrize("target", ["aws", "local"])
def test_every_resource_is_accounted_for(target: str) -> None:
    """A URN that goes or changes is a resource that is deleted or replaced where the design runs: add an alias."""
    assert [one.urn for one in deployed(target).resources] == (GOLDEN / f"api-{target}.urns").read_text().splitlines()


@pytest.mark.parametrize("target", ["aws", "local"])
def test_the_application_is_linked_to_its_database_and_its_cache_and_to_nothing_else(target: str) -> None:
    graph = deployed(target)
    names = {one.urn: one.name for one in graph.resources}

    assert {names[one["to"]] for one in graph.named("api").outputs["links"]} == {"database", "cache"}
    assert {names[one["to"]] for one in graph.named("schema").outputs["links"]} == {"database"}


def test_a_replica_gets_endpoints_and_secrets_as_files_and_no_password() -> None:
    spec = deployed("local").named("api-replica").inputs["taskSpec"]["containerSpec"]

    assert {"DATABASE_HOST", "DATABASE_READER_HOST", "DATABASE_CA_FILE", "CACHE_HOST"} <= set(spec["env"])
    files = {one["fileName"] for one in spec["secrets"]}
    assert spec["env"]["DATABASE_PASSWORD_FILE"] in files
    assert not any("owner" in one for one in files), "who changes the schema is another"


def test_where_nothing_runs_yet_servers_start_together_and_only_the_schema_and_its_readers_wait() -> None:
    """A dozen that wait for one another take minutes; later a change has to take them one at a time."""
    shipped = yaml.safe_load((ROOT / "stacks" / "config" / "api-local.yaml").read_text())["config"]

    def waiting(*, first: bool) -> dict[str, set[str]]:
        graph = record(program(shipped, first=first), stack="api-local")
        known = {one.urn: one.name for one in graph.resources}
        found = {
            one.name: {known[urn] for urn in one.options.get("dependsOn", [])}
            for one in graph.of_type("docker:index/service:Service")
        }
        return {name: some for name, some in found.items() if some}

    assert {"database-etcd-2", "database-member-2", "database-proxy", "cache-member-2"} <= set(waiting(first=False))
    together = waiting(first=True)
    assert set(together) == {"schema-migration", "api-replica"}
    assert "schema-migration" in together["api-replica"]
    assert "database-proxy" in together["schema-migration"]


def test_a_cache_without_locks_is_refused() -> None:
    with pytest.raises(InvalidArgsError) as caught:
        ApiConfig(cache=CacheArgs(engine=Engine.MEMCACHED))

    (problem,) = caught.value.problems
    assert problem.startswith("api/cache/engine: must be valkey, got memcached; one flight for each key takes a lock")
