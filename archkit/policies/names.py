"""Names against the limits of the kinds of resources that have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archkit.graph import Graph
from archkit.policies.model import Problem, policy
from archkit.policies.read import literal

# A separator and seven random digits, which Pulumi adds to a name that the program does not give.
RANDOM = 8
# By type: the input that holds the name, and the most characters, as the service's API reference states them.
LIMITS: Mapping[str, tuple[str, int]] = {
    "aws:lb/loadBalancer:LoadBalancer": ("name", 32),
    "aws:lb/targetGroup:TargetGroup": ("name", 32),
    "aws:autoscaling/group:Group": ("name", 255),
    "aws:ec2/launchTemplate:LaunchTemplate": ("name", 128),
    "aws:ec2/securityGroup:SecurityGroup": ("name", 255),
    "aws:iam/role:Role": ("name", 64),
    "aws:iam/user:User": ("name", 64),
    "aws:iam/policy:Policy": ("name", 128),
    "aws:iam/instanceProfile:InstanceProfile": ("name", 128),
    "aws:rds/cluster:Cluster": ("clusterIdentifier", 63),
    "aws:rds/instance:Instance": ("identifier", 63),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("replicationGroupId", 40),
    "aws:s3/bucket:Bucket": ("bucket", 63),
    "aws:sqs/queue:Queue": ("name", 80),
    "aws:sns/topic:Topic": ("name", 256),
    "aws:lambda/function:Function": ("name", 64),
    "aws:backup/vault:Vault": ("name", 50),
    "aws:cloudwatch/logGroup:LogGroup": ("name", 512),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("name", 255),
    "docker:index/service:Service": ("name", 63),
    "docker:index/serviceConfig:ServiceConfig": ("name", 64),
    "docker:index/secret:Secret": ("name", 64),
}


@policy("name-length", title="Names fit their kind of resource", source="API reference of each service, Docker Swarm")
def name_length(graph: Graph) -> Iterator[Problem]:
    for resource in graph.resources:
        if resource.type not in LIMITS:
            continue
        key, limit = LIMITS[resource.type]
        if key in resource.inputs or f"{key}Prefix" in resource.inputs:
            name, extra = literal(resource.inputs.get(key)), 0
        else:
            name, extra = resource.name, RANDOM if resource.type.startswith("aws:") else 0
        if name is not None and len(name) + extra > limit:
            added = f" and {extra} that Pulumi adds" if extra else ""
            yield Problem(
                resource=resource,
                reason=f"{key}: must have at most {limit} characters, got {len(name)}{added}: {name}",
                remedy="shorten the name of the component or of the stack",
            )
