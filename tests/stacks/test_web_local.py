"""The web design on Docker, as it ships: every resource accounted for, and promises that need several components."""

import re
from pathlib import Path

import pytest
import yaml

from archkit.graph import Graph
from archkit.recorder import record
from components.errors import InvalidArgsError
from components.images import ROOT
from stacks.program import program
from stacks.web import WebConfig

GOLDEN = Path(__file__).parent / "golden" / "web-local.urns"
SHIPPED = yaml.safe_load((ROOT / "stacks" / "config" / "web-local.yaml").read_text())["config"]


def deployed(stack: str = "web-local", **local: object) -> Graph:
    config = {**SHIPPED, "archkit:local": {**SHIPPED["archkit:local"], **local}}
    return record(program(config), stack=stack)


def test_every_resource_is_accounted_for() -> None:
    """A URN that goes or changes is a resource that is deleted or replaced where the design runs: add an alias."""
    assert [one.urn for one in deployed().resources] == GOLDEN.read_text().splitlines()


def test_a_request_finds_its_way_from_the_published_port_to_a_replica() -> None:
    graph = deployed()

    proxy, replicas = graph.named("edge-proxy"), graph.named("web-replica")
    network = graph.named("network-web").urn
    for one in (proxy, replicas):
        assert network in {read.urn for read in one.references}, "they meet on the network of the service"
    configuration = graph.named("edge-configuration")
    assert configuration.urn in {read.urn for read in proxy.references}
    found = re.search(r"tasks\.(\S+):(\d+) ", configuration.inputs["dataRaw"])
    assert found is not None
    assert found[1] == replicas.inputs["name"], "another name would be looked for in vain"
    assert found[2] == replicas.inputs["taskSpec"]["containerSpec"]["env"]["PORT"]
    (port,) = proxy.inputs["endpointSpec"]["ports"]
    assert f"bind :{port['targetPort']}\n" in configuration.inputs["dataRaw"]
    assert graph.outputs["origin_url"].endswith(f":{port['publishedPort']}")


def test_a_request_finds_its_way_from_an_edge_location_to_both_origins() -> None:
    graph = deployed()

    for where, number in (("a", 0), ("b", 1)):
        location = graph.named(f"cdn-{where}")
        networks = {read.urn for read in location.references}
        assert {graph.named("network-edge").urn, graph.named("network-static").urn} <= networks
        (port,) = location.inputs["endpointSpec"]["ports"]
        assert graph.outputs["urls"][number].endswith(f":{port['publishedPort']}")
    configuration = graph.named("cdn-a-proxy").inputs["dataRaw"]
    for component, name, port in (("edge", "edge-proxy", 8081), ("static", "static-servers", 8080)):
        assert f"tasks.{graph.named(name).inputs['name']}:{port}" in configuration, component


def test_what_one_visitor_sees_is_kept_for_nobody_and_error_pages_come_from_the_storage() -> None:
    configuration = WebConfig().cdn
    assert configuration is not None
    by_path = {one.path: one for one in configuration.behaviours}

    assert not by_path["/*"].cached
    assert by_path["/page/visitor"].private
    assert by_path["/page/*"].cached
    folder = ROOT / "stacks" / "apps" / "web" / "static"
    for page in configuration.error_pages:
        assert (folder / page.path.removeprefix("/static/")).is_file(), page.path


def test_without_a_cdn_the_load_balancer_is_the_address_and_there_is_no_storage() -> None:
    config = {**SHIPPED, "archkit:web": {**SHIPPED["archkit:web"], "cdn": None}}
    graph = record(program(config), stack="web-local")

    assert graph.outputs["url"] == "http://localhost:8080"
    assert {one.outputs.get("capability") for one in graph.resources if not one.custom} & {"cdn", "storage"} == set()


def test_replicas_run_the_image_that_the_design_builds() -> None:
    graph = deployed()

    reads = {read.path: (read.urn, read.output) for read in graph.named("web-replica").references}
    assert reads["taskSpec.containerSpec.image"] == (graph.named("image-build").urn, "name")


def test_two_stacks_stand_side_by_side() -> None:
    def names(stack: str) -> set[str]:
        graph = deployed(stack)
        kinds = ("docker:index/service:Service", "docker:index/network:Network")
        return {one.inputs["name"] for kind in kinds for one in graph.of_type(kind)}

    assert not names("web-local") & names("web-other"), "a name that both use would be one thing of the two"


def test_nothing_of_this_machine_is_in_the_graph() -> None:
    assert str(ROOT) not in deployed().to_json(), "the graph is the same wherever it is recorded"


def test_with_three_zones_the_design_is_spread_over_them() -> None:
    graph = deployed(zones=["a", "b", "c"])

    assert graph.named("web-replica").inputs["taskSpec"]["placement"]["prefs"] == ["node.labels.archkit.zone"]
    assert graph.named("edge-proxy").inputs["mode"] == {"global": True}, "each zone has a way in of its own"


def test_a_stack_name_that_no_dns_label_holds_is_refused() -> None:
    with pytest.raises(InvalidArgsError, match="at most 63 characters"):
        deployed("s" * 64)
