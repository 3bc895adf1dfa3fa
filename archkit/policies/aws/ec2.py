"""Amazon EC2: instances, volumes, security groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archkit.graph import Graph, Resource
from archkit.policies.model import Problem, policy
from archkit.policies.read import is_true, number, obj, objects, texts

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
INSTANCE = "aws:ec2/instance:Instance"
WORLD = {"0.0.0.0/0", "::/0"}
PUBLIC_PORTS = {80, 443}
_GUIDE = "Amazon EC2 User Guide"


@policy(
    "aws-ec2-world-open",
    title="Only ports 80 and 443 are open to the world",
    source="AWS Foundational Security Best Practices, EC2.18",
)
def world_open(graph: Graph) -> Iterator[Problem]:
    for resource, place, rule in _ingress(graph):
        ranges = {text for key in _RANGES for text in texts(rule.get(key))}
        ports = number(rule.get("fromPort")), number(rule.get("toPort"))
        everything = str(rule.get("protocol") or rule.get("ipProtocol")) in ("-1", "all")
        public = not everything and ports[0] == ports[1] and ports[0] in PUBLIC_PORTS
        if ranges & WORLD and not public:
            stated = "all ports" if everything else f"ports {rule.get('fromPort')}-{rule.get('toPort')}"
            yield Problem(
                resource=resource,
                reason=f"{place}{stated} are open to {', '.join(sorted(ranges & WORLD))}",
                remedy="name the security group or the range that needs it",
            )


_RANGES = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")


def _ingress(graph: Graph) -> Iterator[tuple[Resource, str, dict[str, Any]]]:
    for group in (
        *graph.of_type("aws:ec2/securityGroup:SecurityGroup"),
        *graph.of_type("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
    ):
        for index, rule in enumerate(objects(group.inputs.get("ingress"))):
            yield group, f"ingress[{index}]: ", rule
    for one in graph.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"):
        yield one, "", dict(one.inputs)
    for one in graph.of_type("aws:ec2/securityGroupRule:SecurityGroupRule"):
        if one.inputs.get("type") == "ingress":
            yield one, "", dict(one.inputs)


@policy("aws-ec2-imds", title="Instance metadata needs a session token (IMDSv2)", source=f"{_GUIDE}, Use IMDSv2")
def imds(graph: Graph) -> Iterator[Problem]:
    for one in (*graph.of_type(TEMPLATE), *graph.of_type(INSTANCE)):
        options = obj(one.inputs.get("metadataOptions"))
        if options.get("httpTokens") != "required" and options.get("httpEndpoint") != "disabled":
            yield Problem(
                resource=one,
                reason=f"metadataOptions.httpTokens: must be required, got {options.get('httpTokens') or 'nothing'}",
                remedy='set metadata_options={"http_tokens": "required"}',
            )


@policy("aws-ec2-volume-encryption", title="Volumes are encrypted", source=f"{_GUIDE}, Amazon EBS encryption")
def volume_encryption(graph: Graph) -> Iterator[Problem]:
    for resource, place, volume in _volumes(graph):
        if not is_true(volume.get("encrypted")):
            yield Problem(resource=resource, reason=f"{place}encrypted: is off", remedy="turn encryption on")


def _volumes(graph: Graph) -> Iterator[tuple[Resource, str, dict[str, Any]]]:
    for one in graph.of_type("aws:ebs/volume:Volume"):
        yield one, "", dict(one.inputs)
    for one in graph.of_type("aws:efs/fileSystem:FileSystem"):
        yield one, "", dict(one.inputs)
    for one in graph.of_type(TEMPLATE):
        for index, mapping in enumerate(objects(one.inputs.get("blockDeviceMappings"))):
            if "ebs" in mapping:
                yield one, f"blockDeviceMappings[{index}].ebs.", obj(mapping["ebs"])
    for one in graph.of_type(INSTANCE):
        yield one, "rootBlockDevice.", obj(one.inputs.get("rootBlockDevice"))
        for index, device in enumerate(objects(one.inputs.get("ebsBlockDevices"))):
            yield one, f"ebsBlockDevices[{index}].", device
