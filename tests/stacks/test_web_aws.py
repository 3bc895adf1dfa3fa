"""The web design on AWS, as it ships: every resource accounted for, and the promises that need several components."""

import re
from pathlib import Path

import yaml

from archkit.graph import Graph, Resource
from archkit.recorder import record
from stacks.program import program

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden" / "web-aws.urns"
SHIPPED = yaml.safe_load((ROOT / "stacks" / "config" / "web-aws.yaml").read_text())["config"]


def deployed(**web: object) -> Graph:
    config = {**SHIPPED, "archkit:web": {**SHIPPED["archkit:web"], **web}}
    return record(program(config), stack="web-aws", config={"aws:region": SHIPPED["aws:region"]})


def uses(resource: Resource, path: str, graph: Graph) -> set[str]:
    names = {one.urn: one.name for one in graph.resources}
    return {names[one.urn] for one in resource.references if re.split(r"[.\[]", one.path)[0] == path}


def test_every_resource_is_accounted_for() -> None:
    """A URN that goes or changes is a resource that is deleted or replaced where the design runs: add an alias."""
    assert [one.urn for one in deployed().resources] == GOLDEN.read_text().splitlines()


def test_a_request_finds_its_way_from_the_domain_to_an_instance() -> None:
    graph = deployed()

    assert uses(graph.named("cdn-address-a"), "aliases", graph) == {"cdn-distribution"}
    assert uses(graph.named("cdn-distribution"), "origins", graph) >= {"cdn-edge-vpc-origin", "static-files"}
    assert uses(graph.named("cdn-edge-vpc-origin"), "vpcOriginEndpointConfig", graph) == {"edge-balancer"}
    assert uses(graph.named("edge-http"), "loadBalancerArn", graph) == {"edge-balancer"}
    assert uses(graph.named("edge-http"), "defaultActions", graph) == {"web-targets"}
    assert graph.named("cdn-into-edge").inputs["fromPort"] == graph.named("edge-http").inputs["port"]
    assert uses(graph.named("web-group"), "targetGroupArns", graph) == {"web-targets"}
    port = graph.named("web-targets").inputs["port"]
    for rule in ("edge-to-web", "edge-into-web"):
        assert graph.named(rule).inputs["fromPort"] == port, "the way is open on another port than replicas answer on"
    assert uses(graph.named("web-template"), "vpcSecurityGroupIds", graph) == {"web-instances"}
    assert uses(graph.named("edge-into-web"), "securityGroupId", graph) == {"web-instances"}


def test_one_zone_may_go() -> None:
    graph = deployed()

    zones = {one.name: one.inputs["availabilityZone"] for one in graph.of_type("aws:ec2/subnet:Subnet")}
    for resource, path in (("web-group", "vpcZoneIdentifiers"), ("edge-balancer", "subnets")):
        assert len({zones[name] for name in uses(graph.named(resource), path, graph)}) == 3
    assert graph.named("web-group").inputs["minSize"] >= 3
    assert len(graph.of_type("aws:ec2/natGateway:NatGateway")) == 3


def test_what_the_design_says_of_scaling_holds_although_the_stack_says_something_of_capacity() -> None:
    tracking = deployed().named("edge-web-requests").inputs["targetTrackingConfiguration"]

    assert tracking["targetValue"] == 6_000


def open_to_the_world(graph: Graph) -> list[Resource]:
    rules = graph.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    return [one for one in rules if one.inputs.get("cidrIpv4") == "0.0.0.0/0"]


def test_nothing_in_the_network_is_reached_from_the_internet_but_through_the_cdn() -> None:
    graph = deployed()

    assert open_to_the_world(graph) == []
    assert graph.named("edge-balancer").inputs["internal"] is True
    assert graph.named("cdn-distribution").inputs["webAclId"], "a firewall stands where the world comes in"


def test_without_a_cdn_nothing_but_the_load_balancer_is_reached_from_the_internet() -> None:
    graph = deployed(cdn=None, load_balancer={"domain": SHIPPED["archkit:web"]["cdn"]["domain"]})

    open_ = open_to_the_world(graph)
    assert {name for one in open_ for name in uses(one, "securityGroupId", graph)} == {"edge-public"}
    assert sorted(one.inputs["fromPort"] for one in open_) == [80, 443]
    assert not graph.of_type("aws:s3/bucketObjectv2:BucketObjectv2"), "files that nobody could read"
    assert graph.outputs["url"] == "https://www.example.org"


def test_static_files_lie_where_the_cdn_asks_for_them() -> None:
    graph = deployed()

    keys = {one.inputs["key"] for one in graph.of_type("aws:s3/bucketObjectv2:BucketObjectv2")}
    pages = {one["responsePagePath"] for one in graph.named("cdn-distribution").inputs["customErrorResponses"]}
    assert {page.removeprefix("/") for page in pages} <= keys


def test_a_security_group_is_only_ruled_from_outside_so_that_links_can_be_added() -> None:
    for group in deployed().of_type("aws:ec2/securityGroup:SecurityGroup"):
        assert {"ingress", "egress"}.isdisjoint(group.inputs), f"{group.name}: inline rules remove those of links"


def test_the_design_says_where_it_answers_and_what_it_promises() -> None:
    outputs = deployed().outputs

    assert outputs["url"] == "https://www.example.org"
    assert outputs["objectives"]
