"""What provider functions answer while recording, in the provider's camelCase; users add theirs to these."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from archkit.graph import canonical
from archkit.plain import items, mapping
from archkit.recorder import sdk
from archkit.recorder.errors import RefusedCallError, UnknownTokenError
from archkit.recorder.sentinels import prefix
from archkit.recorder.shapes import ACCOUNT, Shapes
from archkit.recorder.values import secret

Arguments = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a provider function.

    Args:
        token: `aws:ec2/getAmi:getAmi`.
        arguments: In camelCase.
        region: Where the program deploys.

    """

    token: str
    arguments: Arguments
    region: str


Answer = Mapping[str, Any] | Callable[[Call], Mapping[str, Any]]


def _zones(call: Call) -> Mapping[str, Any]:
    zones = [f"{call.region}{letter}" for letter in "abc"]
    return {
        "names": zones,
        "zoneIds": [f"euc1-az{number}" for number in (1, 2, 3)],
        "groupNames": [call.region],
        "region": call.region,
    }


def _ami(call: Call) -> Mapping[str, Any]:
    given = call.arguments
    filtered = {mapping(one).get("name") for one in items(given.get("filters"))}
    safe = {"owner-id", "owner-alias", "image-id"} & filtered
    if given.get("mostRecent") and not (given.get("owners") or safe or given.get("allowUnsafeFilter")):
        message = f"{call.token}: owners: must be given with most_recent, got none; anybody's newest image would be it"
        raise RefusedCallError(message)
    return {"architecture": "x86_64", "blockDeviceMappings": [], "rootDeviceName": "/dev/xvda"}


def _region(call: Call) -> Mapping[str, Any]:
    name = call.arguments.get("region") or call.arguments.get("name") or call.region
    return {"id": name, "name": name, "region": name, "description": name, "endpoint": f"ec2.{name}.amazonaws.com"}


def _identity(_: Call) -> Mapping[str, Any]:
    return {
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/recorder",
        "id": ACCOUNT,
        "userId": "AIDARECORDER",
    }


def _partition(_: Call) -> Mapping[str, Any]:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _parameter(call: Call) -> Mapping[str, Any]:
    made = Shapes(origin(call), region=call.region, inputs=call.arguments)
    # Only `value` is secret, as with the real provider; `insecureValue` is the way to read a public parameter.
    return {"name": call.arguments.get("name"), "type": "String", "value": secret(made.sentinel("value"))}


def _secret_version(call: Call) -> Mapping[str, Any]:
    made = Shapes(origin(call), region=call.region, inputs=call.arguments)
    return {
        "secretString": secret(made.sentinel("secretString")),
        "secretBinary": secret(made.sentinel("secretBinary")),
    }


def _policy_document(call: Call) -> Mapping[str, Any]:
    statements = [_statement(one) for one in _objects(call.arguments, "statements")]
    document = {"Version": call.arguments.get("version") or "2012-10-17", "Statement": statements}
    if call.arguments.get("policyId"):
        document["Id"] = call.arguments["policyId"]
    text = json.dumps(document, indent=2)
    return {"id": hashlib.sha256(text.encode()).hexdigest()[:10], "json": text, "minifiedJson": json.dumps(document)}


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": given.get("effect") or "Allow"}
    for key, name in (("sid", "Sid"),):
        if given.get(key):
            statement[name] = given[key]
    for key in ("actions", "notActions", "resources", "notResources"):
        if given.get(key):
            values = given[key]
            name = key.replace("not", "Not").removesuffix("s")
            statement[name[:1].upper() + name[1:]] = values[0] if len(values) == 1 else values
    for key, name in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if given.get(key):
            statement[name] = _principals(given[key])
    for condition in _objects(given, "conditions"):
        of_test = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
        of_test[condition["variable"]] = condition["values"]
    return statement


def _objects(given: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return given.get(key) or []


def _principals(given: list[Mapping[str, Any]]) -> Any:
    if any(one["type"] == "*" for one in given):
        return "*"
    principals: dict[str, Any] = {}
    for one in given:
        principals.setdefault(one["type"], []).extend(one["identifiers"])
    return {type_: names[0] if len(names) == 1 else names for type_, names in principals.items()}


def _service_account(_: Call) -> Mapping[str, Any]:
    # eu-central-1, https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    return {"id": "054676820928", "arn": "arn:aws:iam::054676820928:root"}


# A token without an entry is an error; the rest of an answer's outputs are made up from the function's result class.
FUNCTIONS: Mapping[str, Answer] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getAvailabilityZone:getAvailabilityZone": {},
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getCallerIdentity:getCallerIdentity": _identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getDefaultTags:getDefaultTags": {"tags": {}},
    "aws:index/getService:getService": {},
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:iam/getPolicy:getPolicy": {},
    "aws:iam/getRole:getRole": {},
    "aws:ec2/getAmi:getAmi": _ami,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": {},
    "aws:ec2/getPrefixList:getPrefixList": {},
    "aws:ec2/getVpc:getVpc": {},
    "aws:ec2/getSubnets:getSubnets": {},
    "aws:ec2/getSubnet:getSubnet": {},
    "aws:ec2/getSecurityGroup:getSecurityGroup": {},
    "aws:ssm/getParameter:getParameter": _parameter,
    "aws:ecr/getImage:getImage": {"imageDigest": f"sha256:{'0' * 64}"},
    "aws:secretsmanager/getSecret:getSecret": {},
    "aws:secretsmanager/getSecretVersion:getSecretVersion": _secret_version,
    "aws:elb/getServiceAccount:getServiceAccount": _service_account,
    "aws:elb/getHostedZoneId:getHostedZoneId": {},
    "aws:route53/getZone:getZone": {},
    "aws:acm/getCertificate:getCertificate": {},
    "aws:kms/getKey:getKey": {},
    "aws:kms/getAlias:getAlias": {},
    "aws:s3/getCanonicalUserId:getCanonicalUserId": {},
    "aws:cloudfront/getCachePolicy:getCachePolicy": {},
    "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy": {},
    "aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy": {},
    "aws:cloudfront/getLogDeliveryCanonicalUserId:getLogDeliveryCanonicalUserId": {},
    "aws:rds/getEngineVersion:getEngineVersion": {},
    "docker:index/getNetwork:getNetwork": {},
    "docker:index/getRegistryImage:getRegistryImage": {},
    "docker:index/getRemoteImage:getRemoteImage": {},
}


def origin(call: Call) -> str:
    """What the stand-ins of a call begin with: equal calls give equal ones."""
    label = call.arguments.get("name") or call.arguments.get("id")
    if not isinstance(label, str):
        label = hashlib.sha256(canonical(dict(call.arguments)).encode()).hexdigest()[:8]
    return prefix(call.token, label)


def answer(call: Call, known: Mapping[str, Answer]) -> dict[str, Any]:
    """All outputs of one call.

    Raises:
        UnknownTokenError: No answer is known, or the answer names an output that the function does not have.

    """
    given = known.get(call.token)
    if given is None:
        near = difflib.get_close_matches(call.token, known, n=1)
        hint = f" (the nearest known one is {near[0]})" if near else ""
        message = (
            f"{call.token}: no answer is known for this provider function{hint}; without one the program would read "
            f"nothing. Pass functions={{{call.token!r}: {{...}}}} with its outputs in camelCase"
        )
        raise UnknownTokenError(message)
    stated = dict(given(call) if callable(given) else given)
    result = sdk.function_result(call.token)
    if result is None:
        return stated
    outputs = sdk.output_types(result)
    problems = [
        f"{call.token}: the answer has {key!r}, which is no output of the function"
        f"{_nearest(key, outputs)}; the program would read nothing"
        for key in stated
        if key not in outputs and key != "id"
    ]
    if problems:
        raise UnknownTokenError(*problems)
    echoed = {key: value for key, value in call.arguments.items() if key in outputs}
    made = Shapes(origin(call), region=call.region, inputs=call.arguments)
    everything = made.missing(result, {**echoed, **stated}, everything=True)
    named = {"id": made.sentinel("id")} if "id" in outputs else {}
    return {**named, **everything, **echoed, **stated}


def _nearest(key: str, outputs: Mapping[str, Any]) -> str:
    words = key.split("_")
    camel = words[0] + "".join(word.capitalize() for word in words[1:])
    near = [camel] if camel in outputs else difflib.get_close_matches(key, outputs, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
