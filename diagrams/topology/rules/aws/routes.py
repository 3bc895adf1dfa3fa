"""Which subnets the internet reaches, and which only reach out: read from their route tables."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.facts import items, text

SUBNET = ("aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet")
TABLE = (
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/defaultRouteTable:DefaultRouteTable",
)
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
MAIN = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
INTERNET = "aws:ec2/internetGateway:InternetGateway"
_WAYS_OUT = (
    "natGatewayId",
    "egressOnlyGatewayId",
    "transitGatewayId",
    "networkInterfaceId",
    "coreNetworkArn",
    "instanceId",
)
_EVERYWHERE = ("0.0.0.0/0", "::/0")
PUBLIC, OUT, CLOSED = "public", "out", "closed"


def routes(draft: Draft) -> dict[str, str]:
    """For each subnet's URN: `public`, `out` (a way out, none in) or `closed`, from its route table."""
    facts = draft.facts
    ways: dict[str, str] = {}
    main: dict[str, str] = {}
    by_subnet: dict[str, str] = {}
    for resource in facts.graph.resources:
        if resource.type in TABLE:
            _note(ways, resource.urn, _inline(draft, resource))
        elif resource.type == "aws:ec2/route:Route":
            for table in facts.linked(resource, "routeTableId"):
                _note(ways, table.urn, _way(draft, resource))
        if resource.type == ASSOCIATION:
            by_subnet.update(_pairs(draft, resource, "subnetId"))
        elif resource.type == MAIN:
            main.update(_pairs(draft, resource, "vpcId"))
        elif resource.type == TABLE[1]:
            main.update({vpc.urn: resource.urn for vpc in facts.linked(resource, "defaultRouteTableId")})
    found: dict[str, str] = {}
    for resource in facts.graph.resources:
        if resource.type in SUBNET:
            vpc = next(iter(facts.linked(resource, "vpcId")), None)
            table = by_subnet.get(resource.urn) or main.get(vpc.urn if vpc else "", "")
            default = PUBLIC if resource.type == SUBNET[1] else CLOSED
            found[resource.urn] = ways.get(table, default)
    return found


def _pairs(draft: Draft, resource: Resource, place: str) -> dict[str, str]:
    """What an association joins to its route table."""
    tables = draft.facts.linked(resource, "routeTableId")
    return {one.urn: table.urn for one in draft.facts.linked(resource, place) for table in tables}


def _note(ways: dict[str, str], table: str, way: str) -> None:
    order = (CLOSED, OUT, PUBLIC)
    ways[table] = max(ways.get(table, CLOSED), way, key=order.index)


def _way(draft: Draft, resource: Resource) -> str:
    gateway = draft.facts.linked(resource, "gatewayId")
    named = text(resource.inputs, "gatewayId")
    if any(one.type == INTERNET for one in gateway) or named.startswith("igw-"):
        return PUBLIC
    wide = any(
        text(resource.inputs, key) in _EVERYWHERE for key in ("destinationCidrBlock", "destinationIpv6CidrBlock")
    )
    return OUT if wide and any(resource.inputs.get(key) is not None for key in _WAYS_OUT) else CLOSED


def _inline(draft: Draft, table: Resource) -> str:
    way = CLOSED
    for index, route in enumerate(items(table.inputs, "routes")):
        linked = draft.facts.linked(table, f"routes[{index}].gatewayId")
        if any(one.type == INTERNET for one in linked) or text(route, "gatewayId").startswith("igw-"):
            return PUBLIC
        wide = any(text(route, key) in _EVERYWHERE for key in ("cidrBlock", "ipv6CidrBlock"))
        if wide and any(route.get(key) is not None for key in _WAYS_OUT):
            way = OUT
    return way
