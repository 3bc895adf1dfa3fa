"""VPCs and subnets as boxes, and what stands in them or hangs on them."""

from __future__ import annotations

import re

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.facts import text
from topology.draft.parts import DraftContainer, DraftNode
from topology.kinds import ContainerKind, Kind, Placement, Tier
from topology.parts import Badge, Member
from topology.rules.aws.routes import ASSOCIATION, CLOSED, INTERNET, MAIN, OUT, PUBLIC, SUBNET, TABLE, routes
from topology.rules.rule import Role, Rule, folded

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
VPC = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")
_ZONE = re.compile(r"(?P<region>[a-z]{2}(-[a-z]+)+-\d)(-[a-z0-9]+)*[a-z]?")


def region_of_zone(zone: str) -> str:
    """`eu-west-1` of `eu-west-1a`; empty where that is not a zone's name."""
    match = _ZONE.fullmatch(zone)
    return match["region"] if match else ""


def add_boxes(draft: Draft) -> None:
    """Cloud, regions, VPCs and subnets."""
    facts = draft.facts
    mine = [resource for resource in facts.graph.resources if resource.type.startswith("aws:")]
    if not mine:
        return
    draft.default_region = _default_region(draft, mine)
    draft.add_container(DraftContainer(id="aws", kind=ContainerKind.CLOUD, label="AWS"))
    exposure = routes(draft)
    for resource in mine:
        if resource.type in VPC:
            cidr = text(resource.inputs, "cidrBlock")
            draft.add_container(
                DraftContainer(
                    id=draft.ids[resource.urn],
                    kind=ContainerKind.VPC,
                    label=" ".join(part for part in ("VPC", resource.name, cidr) if part),
                    parent=region_box(draft, draft.region(resource)),
                    urns=[resource.urn],
                    attributes={"cidr": cidr} if cidr else {},
                )
            )
    for resource in mine:
        if resource.type in SUBNET:
            _add_subnet(draft, resource, exposure[resource.urn])


def _default_region(draft: Draft, mine: list[Resource]) -> str:
    if draft.facts.graph.region:
        return draft.facts.graph.region
    regions: dict[str, int] = {}
    for resource in mine:
        if resource.type in SUBNET and not draft.region(resource):
            region = region_of_zone(text(resource.inputs, "availabilityZone"))
            regions[region] = regions.get(region, 0) + 1
    regions.pop("", None)
    if regions:
        return max(sorted(regions), key=lambda region: regions[region])
    default = [
        one for one in draft.facts.graph.resources if one.type == "pulumi:providers:aws" and "default" in one.name
    ]
    return next((found for one in default if (found := text(one.inputs, "region"))), "")


def region_box(draft: Draft, region: str) -> str:
    """Id of the box of a region; made at first use."""
    return draft.add_container(
        DraftContainer(
            id=f"region-{region or 'of-the-stack'}",
            kind=ContainerKind.REGION,
            label=region or "the stack's region",
            parent="aws",
        )
    ).id


def _add_subnet(draft: Draft, resource: Resource, exposure: str) -> None:
    vpc = next(iter(draft.facts.linked(resource, "vpcId")), None)
    parent = draft.box.get(vpc.urn, "") if vpc else ""
    if not parent:
        named = text(resource.inputs, "vpcId")
        parent = draft.add_container(
            DraftContainer(
                id="vpc-of-others" + (f"-{named}" if named else ""),
                kind=ContainerKind.VPC,
                label=f"VPC {named} (not made by this program)".replace("  ", " "),
                parent=region_box(draft, draft.region(resource)),
            )
        ).id
    cidr = text(resource.inputs, "cidrBlock")
    attributes = {"route": {PUBLIC: "internet gateway", OUT: "out only", CLOSED: "none"}[exposure]}
    draft.add_container(
        DraftContainer(
            id=draft.ids[resource.urn],
            kind=ContainerKind.SUBNET,
            label=" ".join(part for part in (resource.name, cidr) if part),
            parent=parent,
            urns=[resource.urn],
            zone=text(resource.inputs, "availabilityZone") or text(resource.inputs, "availabilityZoneId"),
            public=exposure == PUBLIC,
            attributes={**({"cidr": cidr} if cidr else {}), **attributes},
        )
    )


def shape_nat(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """NAT gateways of one VPC are one thing with a member in each zone."""
    for subnet in draft.facts.linked(resource, "subnetId"):
        box = draft.containers.get(draft.box.get(subnet.urn, ""))
        if box is not None:
            node.members.append(
                Member(id=draft.ids[resource.urn], label=resource.name, zone=box.zone, role="gateway", urn=resource.urn)
            )
            node.placement = Placement.IN


def badge_box(draft: Draft, resource: Resource) -> None:
    """Hangs a gateway or flow log on its VPC."""
    labels = {
        INTERNET: ("internet-gateway", "internet gateway", "aws/internet-gateway"),
        "aws:ec2/vpcEndpoint:VpcEndpoint": ("endpoint", "endpoint", "aws/endpoint"),
        FLOW_LOG: ("flow-log", "flow log", "aws/flow-log"),
    }
    kind, label, icon = labels[resource.type]
    service = text(resource.inputs, "serviceName").rpartition(".")[2]
    for owner in draft.facts.linked(resource, "vpcId", "subnetId"):
        box = draft.containers.get(draft.box.get(owner.urn, ""))
        if box is not None:
            box.badges.append(Badge(kind=kind, label=f"{service} {label}".strip(), urn=resource.urn, icon=icon))
            if resource.type == FLOW_LOG:
                _note_log(draft, resource, owner)
            return


def _note_log(draft: Draft, log: Resource, source: Resource) -> None:
    """A box sends no arrow, so the bucket says whose packets it records."""
    for kept in draft.homes(draft.facts.linked(log, "logDestination")):
        draft.nodes[kept].details[f"flow log of {source.name}"] = None


_VPC_DETAIL = folded("vpcId")
RULES: dict[str, Rule] = {
    **dict.fromkeys((*VPC, *SUBNET), Rule(role=Role.CONTAINER)),
    "aws:ec2/natGateway:NatGateway": Rule(
        role=Role.PRIMARY,
        kind=Kind.NAT,
        service="NAT gateway",
        icon="aws/nat-gateway",
        tier=Tier.PUBLIC,
        subnets=("subnetId",),
        carries=("allocationId",),
        shape=shape_nat,
    ),
    "aws:ec2/eip:Eip": folded("instance", "networkInterface"),
    "aws:ec2/eipAssociation:EipAssociation": folded("instanceId", "networkInterfaceId"),
    INTERNET: Rule(role=Role.BADGE, of=("vpcId",), badge="internet-gateway", flow=badge_box),
    "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": folded("vpcId"),
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": folded("vpcId"),
    TABLE[0]: _VPC_DETAIL,
    TABLE[1]: folded("defaultRouteTableId"),
    "aws:ec2/route:Route": folded("routeTableId"),
    ASSOCIATION: folded("subnetId"),
    MAIN: _VPC_DETAIL,
    "aws:ec2/vpcEndpoint:VpcEndpoint": Rule(
        role=Role.BADGE,
        of=("vpcId",),
        badge="endpoint",
        flow=badge_box,
        carries=("securityGroupIds",),
    ),
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": folded("vpcEndpointId"),
    "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation": folded("vpcEndpointId"),
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": folded("vpcEndpointId"),
    FLOW_LOG: Rule(role=Role.BADGE, of=("vpcId", "subnetId"), badge="flow-log", flow=badge_box),
    "aws:ec2/networkAcl:NetworkAcl": _VPC_DETAIL,
    "aws:ec2/networkAclRule:NetworkAclRule": folded("networkAclId"),
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": folded("defaultNetworkAclId"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _VPC_DETAIL,
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": _VPC_DETAIL,
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": folded(),
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": _VPC_DETAIL,
    "aws:ec2/networkInterface:NetworkInterface": folded("attachments", "subnetId"),
    "aws:ec2/managedPrefixList:ManagedPrefixList": folded(),
    "aws:rds/subnetGroup:SubnetGroup": folded(subnets=("subnetIds",)),
    "aws:elasticache/subnetGroup:SubnetGroup": folded(subnets=("subnetIds",)),
}
