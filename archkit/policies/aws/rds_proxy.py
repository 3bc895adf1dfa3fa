"""Amazon RDS Proxy."""

from __future__ import annotations

from collections.abc import Iterator

from archkit.graph import Graph
from archkit.policies.model import Problem, policy
from archkit.policies.read import is_true, number, objects, sources, statements, texts

PROXY = "aws:rds/proxy:Proxy"
LONGEST_IDLE_SECONDS = 28_800
_GUIDE = "Amazon Aurora User Guide, Amazon RDS Proxy"


@policy("aws-rds-proxy-login", title="A proxy knows how to log on to its database", source=_GUIDE)
def login(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(PROXY):
        auths = objects(one.inputs.get("auths"))
        by_iam = one.inputs.get("defaultAuthScheme") == "IAM_AUTH"
        if not auths and not by_iam:
            yield Problem(
                resource=one,
                reason="auths: must name a secret, or defaultAuthScheme be IAM_AUTH, got neither; nobody could log on",
                remedy='set default_auth_scheme="IAM_AUTH", or name the secret of the user',
            )
        if (by_iam or any(auth.get("iamAuth") == "REQUIRED" for auth in auths)) and not is_true(
            one.inputs.get("requireTls")
        ):
            yield Problem(
                resource=one,
                reason="requireTls: must be on where clients log on by IAM, a token is sent in the clear otherwise",
                remedy="set require_tls=True",
            )
        yield from _permissions(graph, one.urn, by_iam=by_iam, secrets=any(auth.get("secretArn") for auth in auths))


def _permissions(graph: Graph, urn: str, *, by_iam: bool, secrets: bool) -> Iterator[Problem]:
    """What the proxy's role lacks, where its policies are the stack's own and can be read."""
    (proxy,) = [one for one in graph.of_type(PROXY) if one.urn == urn]
    roles = {one.urn for one in sources(graph, proxy, "roleArn", "aws:iam/role:Role")}
    policies = [
        one
        for one in graph.of_type("aws:iam/rolePolicy:RolePolicy")
        if roles & {urn for urns in one.reads.values() for urn in urns}
    ]
    if not policies:
        return
    allowed = {
        action for one in policies for part in statements(one.inputs.get("policy")) for action in texts(part["Action"])
    }
    for wanted, action, why in (
        (by_iam, "rds-db:connect", "it logs on as its client does"),
        (secrets, "secretsmanager:GetSecretValue", "it reads whom to log on as"),
    ):
        if wanted and action not in allowed:
            yield Problem(
                resource=proxy,
                reason=f"roleArn: must allow {action}, {why}, got {', '.join(sorted(allowed)) or 'nothing'}",
                remedy="add the statement to the role's policy",
            )


@policy("aws-rds-proxy-network", title="A proxy stands in two zones, and idle clients leave in time", source=_GUIDE)
def network(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(PROXY):
        subnets = one.inputs.get("vpcSubnetIds")
        if isinstance(subnets, list) and len(subnets) < 2:  # pyright: ignore[reportUnknownArgumentType]
            yield Problem(
                resource=one,
                reason="vpcSubnetIds: must be at least 2, in different zones, got 1",
                remedy="name another subnet",
            )
        idle = number(one.inputs.get("idleClientTimeout"))
        if idle is not None and not 1 <= idle <= LONGEST_IDLE_SECONDS:
            yield Problem(
                resource=one,
                reason=f"idleClientTimeout: must be 1 to {LONGEST_IDLE_SECONDS} seconds, got {idle:g}",
                remedy="leave it out for 1800",
            )
