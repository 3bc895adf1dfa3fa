"""Resources that differ only by zone or number are one band with a member for each, not one icon for each."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.facts import text
from topology.draft.ids import natural, slug, stem

NAT = "aws:ec2/natGateway:NatGateway"
INSTANCE = "aws:ec2/instance:Instance"
BANDS = (NAT, INSTANCE)


def add_bands(draft: Draft) -> None:
    """NAT gateways of one VPC; instances of one VPC, image, type and security groups, named alike."""
    groups: dict[tuple[str, ...], list[Resource]] = {}
    for resource in draft.facts.graph.resources:
        if resource.type in BANDS:
            groups.setdefault(_likeness(draft, resource), []).append(resource)
    for likeness, alike in groups.items():
        if len(alike) == 1:
            draft.add_primary(alike[0])
            continue
        alike.sort(key=lambda resource: natural(resource.name))
        name = stem(alike[0].name)
        place = draft.ids.get(likeness[1], "band")
        id_ = f"{draft.ids[alike[0].urn].split('-')[0]}-{slug(name)}-in-{place}"
        if id_ in draft.nodes:
            id_ = f"{id_}-{draft.ids[alike[0].urn]}"
        draft.add_primary(*alike, id_=id_, label=f"{name} × {len(alike)}")  # noqa: RUF001 - a multiplication sign


def _likeness(draft: Draft, resource: Resource) -> tuple[str, ...]:
    subnets = draft.facts.linked(resource, "subnetId")
    vpcs = sorted({vpc.urn for subnet in subnets for vpc in draft.facts.linked(subnet, "vpcId")})
    vpc = vpcs[0] if vpcs else ""
    if resource.type == NAT:
        return (NAT, vpc, "" if vpc else resource.urn)
    groups = sorted(one.urn for one in draft.facts.linked(resource, "vpcSecurityGroupIds", "securityGroups"))
    inputs = resource.inputs
    machine = (text(inputs, "instanceType"), text(inputs, "ami"))
    return (INSTANCE, vpc, draft.region(resource), stem(resource.name), *machine, *groups)
