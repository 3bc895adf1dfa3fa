"""Security groups and IAM: who may reach what, and who may do what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import unquote

from archkit.graph import SENTINEL, Resource
from topology.draft.draft import Draft, describe
from topology.draft.facts import get, items, known, text, texts, whole
from topology.draft.parts import DraftAccess
from topology.kinds import EdgeKind, How, Kind
from topology.rules.rule import Role, Rule, folded

GROUP = "aws:ec2/securityGroup:SecurityGroup"
_WORLD = ("0.0.0.0/0", "::/0")
_DIGEST = re.compile(r"[0-9a-f]{8}")  # what the recorder calls a lookup that no name was given


def ports(rule: Mapping[str, Any], *, protocol_key: str = "protocol") -> str:
    """`443`, `53/udp`, `1024-65535` or `all` of a rule."""
    protocol = text(rule, protocol_key) or text(rule, "ipProtocol") or "tcp"
    low, high = whole(rule, "fromPort"), whole(rule, "toPort")
    if protocol == "-1" or low is None or (low == 0 and high in (0, 65535)):
        return "all"
    span = str(low) if high in (None, low) else f"{low}-{high}"
    return span if protocol in ("tcp", "6") else f"{span}/{protocol}"


def flow_group(draft: Draft, resource: Resource) -> None:
    """The inline rules of a security group."""
    for index, rule in enumerate(items(resource.inputs, "ingress")):
        at = f"ingress[{index}].securityGroups"
        sources = [one for one in draft.facts.linked(resource, at) if one.type == GROUP]
        if rule.get("self") is True:
            sources.append(resource)
        cidrs = texts(rule, "cidrBlocks") + texts(rule, "ipv6CidrBlocks")
        _admit(
            draft,
            resource,
            resource,
            sources=sources,
            cidrs=cidrs,
            port=ports(rule),
            lists=[*texts(rule, "prefixListIds"), *([] if sources else _elsewhere(_listed(rule, "securityGroups")))],
        )


def _listed(rule: Mapping[str, Any], key: str) -> list[Any]:
    found = rule.get(key)
    return list(cast("list[Any]", found)) if isinstance(found, (list, tuple)) else []


def flow_rule(draft: Draft, resource: Resource) -> None:
    """A rule that stands as a resource of its own, of either kind."""
    facts = draft.facts
    target = next(iter(facts.linked(resource, "securityGroupId")), None)
    if target is None or text(resource.inputs, "type") == "egress":
        return
    sources = [
        one for one in facts.linked(resource, "sourceSecurityGroupId", "referencedSecurityGroupId") if one.type == GROUP
    ]
    if resource.inputs.get("self") is True:
        sources.append(target)
    cidrs = [
        cidr for key in ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6") for cidr in texts(resource.inputs, key)
    ]
    lists = texts(resource.inputs, "prefixListIds") + texts(resource.inputs, "prefixListId")
    if not sources:
        lists += _elsewhere(map(resource.inputs.get, ("sourceSecurityGroupId", "referencedSecurityGroupId")))
    _admit(draft, resource, target, sources=sources, cidrs=cidrs, port=ports(resource.inputs), lists=lists)


def _elsewhere(values: Iterable[Any]) -> list[str]:
    """The groups that a rule names and the program does not make: by the name that was looked up, else by the id."""
    found: list[str] = []
    for value in values:
        type_, _, name = str(value).removeprefix(SENTINEL).partition("#")[0].rpartition("/")
        if known(value) and isinstance(value, str):
            found.append(f"security group {value}")
        elif ":get" in type_:
            found.append(f"security group {'that is looked up' if _DIGEST.fullmatch(name) else unquote(name)}")
    return found


def _admit(
    draft: Draft,
    because: Resource,
    target: Resource,
    *,
    sources: Iterable[Resource],
    cidrs: Iterable[str],
    port: str,
    lists: Iterable[str],
) -> None:
    why = f"{describe(because)}: {port}"
    for goal in draft.bearers(target.urn):
        for source in sources:
            for origin in draft.bearers(source.urn):
                draft.connect(
                    origin, goal, EdgeKind.TRAFFIC, port, because, why=f"{why} from security group {source.name}"
                )
                draft.accesses.append(
                    DraftAccess(
                        source=origin,
                        target=goal,
                        source_text=f"security group {source.name}",
                        ports=port,
                        world=False,
                        urn=because.urn,
                        why=why,
                    )
                )
        for cidr in dict.fromkeys([*cidrs, *lists]):
            world = cidr in _WORLD
            draft.accesses.append(
                DraftAccess(
                    source="",
                    target=goal,
                    source_text="internet" if world else cidr,
                    ports=port,
                    world=world,
                    urn=because.urn,
                    why=f"{why} from {cidr}",
                )
            )
    draft.account(because, How.FOLDED, next(iter(draft.bearers(target.urn)), draft.owner(target)))


def flow_policy(draft: Draft, resource: Resource) -> None:
    """What a role may do to the things that a policy names."""
    facts = draft.facts
    roles = facts.linked(resource, "role", "roles", "roleName")
    if resource.type == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
        for policy in facts.linked(resource, "policyArn"):
            _grant(draft, roles, policy, document=policy.inputs.get("policy"), place="policy", because=resource)
        return
    if resource.type == "aws:iam/role:Role":
        for index, inline in enumerate(items(resource.inputs, "inlinePolicies")):
            _grant(draft, [resource], resource, document=inline.get("policy"), place=f"inlinePolicies[{index}].policy")
        return
    _grant(draft, roles, resource, document=resource.inputs.get("policy"), place="policy")


def _grant(
    draft: Draft,
    roles: Iterable[Resource],
    policy: Resource,
    *,
    document: Any,
    place: str,
    because: Resource | None = None,
) -> None:
    sources = draft.homes(roles)
    known = statements(document)
    for at, actions in known:
        _arrows(
            draft,
            sources,
            draft.facts.linked(policy, f"{place}.{at}.Resource"),
            policy=policy,
            actions=actions,
            because=because,
        )
    if document is not None and not known:
        _arrows(draft, sources, draft.facts.linked(policy, place), policy=policy, actions=[""], because=because)


def _arrows(
    draft: Draft,
    sources: Iterable[str],
    named: Iterable[Resource],
    *,
    policy: Resource,
    actions: list[str],
    because: Resource | None,
) -> None:
    for target in named:
        for goal in draft.bearers(target.urn):
            for source in sources:
                for action in actions:
                    why = f"{describe(policy)} allows {action}" if action else f"{describe(policy)} names {target.name}"
                    draft.connect(source, goal, EdgeKind.GRANT, action, policy, why=why)
                if because is not None:
                    draft.connect(source, goal, EdgeKind.GRANT, "", because)


def statements(document: Any) -> list[tuple[str, list[str]]]:
    """Place and allowed actions of each statement; nothing where the document is not known yet."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return []
    listed = isinstance(get(document, "Statement"), list)
    found: list[tuple[str, list[str]]] = []
    for index, statement in enumerate(items(document, "Statement")):
        if statement.get("Effect", "Allow") == "Allow":
            found.append((f"Statement[{index}]" if listed else "Statement", texts(statement, "Action")))
    return found


_POLICY = Rule(role=Role.CONNECTOR, of=("role", "roles"), flow=flow_policy)
RULES: dict[str, Rule] = {
    GROUP: Rule(role=Role.CONNECTOR, flow=flow_group),
    **dict.fromkeys(
        (
            "aws:ec2/securityGroupRule:SecurityGroupRule",
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        ),
        Rule(role=Role.CONNECTOR, of=("securityGroupId",), flow=flow_rule),
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": folded("securityGroupId"),
    "aws:vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation": folded("securityGroupId"),
    "aws:iam/role:Role": Rule(role=Role.CONNECTOR, world=True, carries=("managedPolicyArns",), flow=flow_policy),
    "aws:iam/instanceProfile:InstanceProfile": folded(carries=("role",)),
    "aws:iam/policy:Policy": folded(),
    "aws:iam/rolePolicy:RolePolicy": _POLICY,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _POLICY,
    "aws:iam/policyAttachment:PolicyAttachment": folded("roles"),
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": folded("roleName"),
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": folded("roleName"),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": folded(),
    "aws:iam/user:User": Rule(
        role=Role.PRIMARY, kind=Kind.IDENTITY, service="IAM user", icon="aws/iam-user", world=True
    ),
    "aws:iam/group:Group": folded(),
    "aws:iam/userPolicy:UserPolicy": folded("user"),
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": folded("user"),
    "aws:iam/accessKey:AccessKey": folded("user"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": folded(),
}
