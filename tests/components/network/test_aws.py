"""The network on Amazon VPC: who can send where."""

import json
from ipaddress import ip_network

import pytest

from archkit.graph import Graph, Resource
from archkit.recorder import record
from components.errors import InvalidArgsError
from components.network import NetworkArgs
from components.network.aws import AwsNetwork
from components.profile import Profile
from components.settings import AwsSettings, Nat


def network(settings: AwsSettings | None = None, zones: int = 3, *, name: str = "net") -> Graph:
    settings = settings or AwsSettings()
    return record(lambda: AwsNetwork(name, NetworkArgs(zones=zones), settings=settings), stack="web-aws")


def uses(resource: Resource, path: str, graph: Graph) -> list[str]:
    """The names of the resources whose outputs stand at a place in another's inputs."""
    names = {one.urn: one.name for one in graph.resources}
    return [names[one.urn] for one in resource.references if one.path == path or one.path.startswith(f"{path}[")]


def default_way(graph: Graph, subnet: str) -> str | None:
    """Where a subnet sends what is not for the VPC; None: nowhere."""
    (association,) = [
        one
        for one in graph.of_type("aws:ec2/routeTableAssociation:RouteTableAssociation")
        if uses(one, "subnetId", graph) == [subnet]
    ]
    (table,) = uses(association, "routeTableId", graph)
    ways = [one for one in graph.of_type("aws:ec2/route:Route") if uses(one, "routeTableId", graph) == [table]]
    assert len(ways) <= 1
    return (uses(ways[0], "gatewayId", graph) + uses(ways[0], "natGatewayId", graph))[0] if ways else None


def test_public_subnets_send_to_the_internet_private_ones_to_the_nat_of_their_zone_data_ones_nowhere() -> None:
    graph = network(AwsSettings(nat=Nat.PER_ZONE))

    for zone in (1, 2, 3):
        assert default_way(graph, f"net-public-{zone}") == "net-internet"
        assert default_way(graph, f"net-private-{zone}") == f"net-nat-{zone}", "a lost zone must not cut the others off"
        assert default_way(graph, f"net-data-{zone}") is None, (
            "a database that reaches the internet can be emptied to it"
        )
        assert uses(graph.named(f"net-nat-{zone}"), "subnetId", graph) == [f"net-public-{zone}"]


def test_with_one_nat_all_private_subnets_share_it() -> None:
    graph = network(AwsSettings(nat=Nat.SINGLE))

    assert len(graph.of_type("aws:ec2/natGateway:NatGateway")) == 1
    assert {default_way(graph, f"net-private-{zone}") for zone in (1, 2, 3)} == {"net-nat-1"}


def test_without_nat_private_subnets_reach_the_services_of_aws_by_private_doors() -> None:
    graph = network(AwsSettings(nat=Nat.NONE))

    assert {default_way(graph, f"net-private-{zone}") for zone in (1, 2, 3)} == {None}
    doors = [
        one for one in graph.of_type("aws:ec2/vpcEndpoint:VpcEndpoint") if one.inputs["vpcEndpointType"] == "Interface"
    ]
    services = {one.inputs["serviceName"].removeprefix("com.amazonaws.eu-central-1.") for one in doors}
    assert services >= {"ecr.api", "ecr.dkr", "logs", "ssm", "ssmmessages"}, (
        "an instance could not pull, log or be reached"
    )
    assert all(one.inputs["privateDnsEnabled"] for one in doors), "clients would ask the public addresses"
    assert all(len(uses(one, "subnetIds", graph)) == 3 for one in doors)


def test_every_route_table_has_the_free_way_to_s3() -> None:
    graph = network()

    tables = {one.name for one in graph.of_type("aws:ec2/routeTable:RouteTable")}
    assert set(uses(graph.named("net-s3"), "routeTableIds", graph)) == tables


def test_each_tier_has_one_subnet_in_each_zone_and_none_gives_public_addresses() -> None:
    graph = network()

    subnets = graph.of_type("aws:ec2/subnet:Subnet")
    assert len(subnets) == 9
    for tier in ("public", "private", "data"):
        zones = [one.inputs["availabilityZone"] for one in subnets if one.name.startswith(f"net-{tier}-")]
        assert zones == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
    assert not any(one.inputs["mapPublicIpOnLaunch"] for one in subnets)
    vpc = ip_network(graph.named("net-vpc").inputs["cidrBlock"])
    assert all(ip_network(one.inputs["cidrBlock"]).subnet_of(vpc) for one in subnets)


def test_a_zone_that_is_closed_for_a_while_moves_no_subnet() -> None:
    assert all(
        one.options["ignoreChanges"] == ["availabilityZone"] for one in network().of_type("aws:ec2/subnet:Subnet")
    )


def test_zones_that_an_account_has_to_opt_in_to_are_left_out() -> None:
    asked: list[object] = []

    def zones(call: object) -> dict[str, object]:
        asked.append(call)
        return {"names": ["eu-central-1c", "eu-central-1a", "eu-central-1b"]}

    graph = record(
        lambda: AwsNetwork("net", NetworkArgs(zones=2), settings=AwsSettings()),
        functions={"aws:index/getAvailabilityZones:getAvailabilityZones": zones},
    )

    (call,) = asked
    assert call.arguments["state"] == "available"  # type: ignore[attr-defined]
    assert call.arguments["filters"] == [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]  # type: ignore[attr-defined]
    assert [graph.named(f"net-data-{n}").inputs["availabilityZone"] for n in (1, 2)] == [
        "eu-central-1a",
        "eu-central-1b",
    ]


def test_more_zones_than_the_region_has_are_refused_with_their_names() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        network(zones=4)

    assert refused.value.problems == (
        "network/net/zones: must be at most 3, got 4; open to this account without opting in are "
        "eu-central-1a, eu-central-1b, eu-central-1c",
    )


def test_the_default_security_group_lets_nothing_through() -> None:
    group = network().named("net-default-group")

    assert (group.inputs["ingress"], group.inputs["egress"]) == ([], [])


def test_flow_logs_of_the_vpc_go_to_a_bucket_that_only_this_accounts_log_delivery_writes_to() -> None:
    graph = network()

    log = graph.named("net-flow-log")
    assert uses(log, "vpcId", graph) == ["net-vpc"]
    assert uses(log, "logDestination", graph) == ["net-flow-logs"]
    assert (log.inputs["trafficType"], log.inputs["maxAggregationInterval"]) == ("ALL", 60)
    statements = json.loads(graph.named("net-flow-logs-policy").inputs["policy"])["Statement"]
    allowed = [one for one in statements if one["Effect"] == "Allow"]
    assert {one["Principal"]["Service"] for one in allowed} == {"delivery.logs.amazonaws.com"}
    assert all(one["Condition"]["StringEquals"]["aws:SourceAccount"] == "123456789012" for one in allowed)
    assert graph.named("net-flow-logs-policy").urn in log.options["dependsOn"]


def test_a_log_bucket_is_private_encrypted_versioned_emptied_by_age_and_refuses_plain_http() -> None:
    graph = network(AwsSettings(log_retention_days=30))

    private = graph.named("net-flow-logs-private").inputs
    assert all(
        private[key] for key in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    )
    (encryption,) = graph.named("net-flow-logs-encryption").inputs["rules"]
    assert encryption["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert graph.named("net-flow-logs-versioning").inputs["versioningConfiguration"]["status"] == "Enabled"
    (rule,) = graph.named("net-flow-logs-lifecycle").inputs["rules"]
    assert rule["expiration"]["days"] == 30
    assert rule["abortIncompleteMultipartUpload"]["daysAfterInitiation"] == 7
    denied = json.loads(graph.named("net-flow-logs-policy").inputs["policy"])["Statement"][0]
    assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "s3:*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    for part in ("private", "encryption", "versioning", "lifecycle", "policy"):
        assert uses(graph.named(f"net-flow-logs-{part}"), "bucket", graph) == ["net-flow-logs"]


@pytest.mark.parametrize(("profile", "goes"), [(Profile.DEV, True), (Profile.PROD, False)])
def test_logs_outlive_their_bucket_only_in_production(profile: Profile, goes: bool) -> None:
    assert network(AwsSettings(profile=profile)).named("net-flow-logs").inputs["forceDestroy"] is goes


def test_everything_that_can_be_tagged_says_whose_it_is() -> None:
    graph = network()

    untagged = {one.name for one in graph.resources if one.custom and "tags" not in one.inputs}
    takes_none = ("association", "default", "private", "encryption", "versioning", "lifecycle", "policy")
    assert {name for name in untagged if not name.endswith(takes_none)} == set()
    assert graph.named("net-vpc").inputs["tags"] == {
        "Name": "web-aws-net-vpc",
        "archkit.stack": "web-aws",
        "archkit.component": "net",
        "archkit.role": "vpc",
    }


def test_a_name_that_makes_a_bucket_too_long_is_refused() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        network(name="n" * 50)

    assert refused.value.problems == (
        f"network/{'n' * 50}: the name '{'n' * 50}-flow-logs' and its suffix must be at most 63 characters, got 68; "
        "the limit is the cloud's (S3, bucket naming rules); shorten the component's name",
    )


def test_in_china_private_doors_are_refused() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        network(AwsSettings(region="cn-north-1", nat=Nat.NONE))

    assert refused.value.problems == (
        "aws/nat: must be per-zone or single in cn-north-1, got none; "
        "in China some services' endpoints have names that the kit does not know",
    )
