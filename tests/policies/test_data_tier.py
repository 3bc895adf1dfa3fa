"""The policies of databases, caches and functions, each against programs that break it and that keep it."""

import json

import pulumi_aws as aws
import pytest

from archkit.policies import _OF_DATA, Policy, all_policies, check
from archkit.recorder import record


def cluster(**more):
    return aws.rds.Cluster(
        "orders", **{"engine": "aurora-postgresql", "storage_encrypted": True, "skip_final_snapshot": True, **more}
    )


def advanced(**more):
    return cluster(database_insights_mode="advanced", **more)


def readers(**more):
    given = {"resource_id": "cluster:orders", "min_capacity": 1, "max_capacity": 4, **more}
    aws.appautoscaling.Target(
        "readers", service_namespace="rds", scalable_dimension="rds:cluster:ReadReplicaCount", **given
    )


def document(*actions):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions)}]})


def role(*actions):
    made = aws.iam.Role("role", assume_role_policy=document("sts:AssumeRole"))
    if actions:
        aws.iam.RolePolicy("may", role=made.id, policy=document(*actions))
    return made


def proxy(*actions, **more):
    given = {"default_auth_scheme": "IAM_AUTH", "require_tls": True, "vpc_subnet_ids": ["a", "b"], **more}
    aws.rds.Proxy("pool", engine_family="POSTGRESQL", role_arn=role(*actions).arn, **given)


SECRET = [{"auth_scheme": "SECRETS", "secret_arn": "arn:s", "iam_auth": "DISABLED"}]


def group(**more):
    given = {"transit_encryption_enabled": True, **more}
    return aws.elasticache.ReplicationGroup("cache", description="cache", engine="valkey", **given)


def memcached(**more):
    given = {"transit_encryption_enabled": True, "engine_version": "1.6.22", **more}
    aws.elasticache.Cluster("nodes", engine="memcached", node_type="cache.t4g.small", **given)


def user(engine="valkey", name="app"):
    return aws.elasticache.User(
        "app", access_string="on", engine=engine, user_id="app", user_name=name, authentication_mode={"type": "iam"}
    )


def users(engine="valkey", of="valkey"):
    made = aws.elasticache.UserGroup("users", engine=engine, user_group_id="u", user_ids=[user(of).user_id])
    return [made.user_group_id]


def function(**more):
    given = {"handler": "app.main", "runtime": "python3.13", **more}
    aws.lambda_.Function("function", **{"role": "arn:role", **given})


def from_image(**more):
    aws.lambda_.Function("function", role="arn:role", package_type="Image", image_uri="i", **more)


def inside(*, attached=None, actions=()):
    made = role(*actions)
    if attached:
        aws.iam.RolePolicyAttachment("attached", role=made.name, policy_arn=f"arn:aws:iam::aws:policy/{attached}")
    function(role=made.arn, vpc_config={"subnet_ids": ["a", "b"], "security_group_ids": ["g"]})


# By policy: programs that break it, each with a part of the message, and programs that keep it.
CASES = {
    "aws-data-windows": (
        [
            (lambda: cluster(preferred_maintenance_window="sun:03:00-sun:03:20"), "at least 30 minutes"),
            (lambda: group(maintenance_window="sun:03:00-sun:03:30"), "at least 60 minutes"),
            (lambda: cluster(preferred_maintenance_window="sunday 3"), "got 'sunday 3'"),
            (
                lambda: cluster(
                    preferred_maintenance_window="sun:03:00-sun:04:00", preferred_backup_window="03:30-04:30"
                ),
                "must not overlap preferredMaintenanceWindow",
            ),
            (
                lambda: group(maintenance_window="sun:23:30-mon:01:00", snapshot_window="00:30-01:30"),
                "snapshotWindow: must not overlap",
            ),
        ],
        [
            lambda: cluster(preferred_maintenance_window="sun:03:00-sun:04:00", preferred_backup_window="04:00-05:00"),
            lambda: group(maintenance_window="sun:23:30-mon:00:30"),
            cluster,
        ],
    ),
    "aws-rds-insights": (
        [
            (lambda: cluster(performance_insights_retention_period=30), "got 30"),
            (lambda: cluster(performance_insights_retention_period=744), "got 744"),
            (advanced, "got none"),
            (
                lambda: advanced(performance_insights_enabled=True, performance_insights_retention_period=31),
                "kept 465 days, got 31",
            ),
        ],
        [
            lambda: cluster(performance_insights_retention_period=7),
            lambda: advanced(performance_insights_enabled=True, performance_insights_retention_period=465),
        ],
    ),
    "aws-rds-log-exports": (
        [(lambda: cluster(enabled_cloudwatch_logs_exports=["postgresql", "slowquery"]), "got slowquery")],
        [
            lambda: cluster(enabled_cloudwatch_logs_exports=["postgresql", "iam-db-auth-error"]),
            lambda: cluster(engine="aurora-mysql", enabled_cloudwatch_logs_exports=["slowquery"]),
        ],
    ),
    "aws-rds-final-snapshot": (
        [
            (lambda: cluster(skip_final_snapshot=None), "finalSnapshotIdentifier: must be given"),
            (lambda: cluster(skip_final_snapshot=False, final_snapshot_identifier="last--one"), "got 'last--one'"),
            (lambda: cluster(skip_final_snapshot=False, final_snapshot_identifier="last-"), "got 'last-'"),
        ],
        [cluster, lambda: cluster(skip_final_snapshot=False, final_snapshot_identifier="last-one")],
    ),
    "aws-rds-master-password": (
        [(lambda: cluster(manage_master_user_password=True, master_password="secret"), "got both")],
        [lambda: cluster(manage_master_user_password=True)],
    ),
    "aws-rds-reader-scaling": (
        [
            (lambda: readers(max_capacity=16), "must be 1 to 15, got 16"),
            (lambda: readers(min_capacity=5), "must be 5 to 15, got 4"),
            (lambda: readers(resource_id="orders"), "must begin with cluster:"),
        ],
        [readers],
    ),
    "aws-rds-proxy-login": (
        [
            (lambda: proxy(default_auth_scheme="NONE"), "got neither"),
            (lambda: proxy("rds-db:connect", require_tls=False), "requireTls: must be on"),
            (lambda: proxy("s3:GetObject"), "must allow rds-db:connect"),
            (
                lambda: proxy("rds-db:connect", default_auth_scheme=None, auths=SECRET),
                "must allow secretsmanager:GetSecretValue",
            ),
        ],
        [
            proxy,
            lambda: proxy("rds-db:connect"),
            lambda: proxy("secretsmanager:GetSecretValue", default_auth_scheme=None, auths=SECRET),
        ],
    ),
    "aws-rds-proxy-network": (
        [
            (lambda: proxy(vpc_subnet_ids=["a"]), "at least 2"),
            (lambda: proxy(idle_client_timeout=28_801), "got 28801"),
        ],
        [lambda: proxy(idle_client_timeout=1800)],
    ),
    "aws-elasticache-users": (
        [
            (lambda: user(name="other"), "must be the user's id 'app' with IAM, got 'other'"),
            (lambda: users("redis", "valkey"), "must be that of users, redis, got valkey"),
            (lambda: group(user_group_ids=users(), auth_token="0123456789abcdef"), "authToken: must be left out"),
            (lambda: group(user_group_ids=users(), transit_encryption_enabled=False), "it is off"),
        ],
        [user, lambda: users("valkey", "redis"), lambda: group(user_group_ids=users())],
    ),
    "aws-elasticache-shape": (
        [
            (lambda: group(multi_az_enabled=True), "automaticFailoverEnabled: must be on"),
            (lambda: group(num_node_groups=100, replicas_per_node_group=5), "got 100 with 5"),
            (lambda: group(num_node_groups=2, num_cache_clusters=2), "numCacheClusters: must be left out"),
            (lambda: group(num_cache_clusters=3, preferred_cache_cluster_azs=["a", "b"]), "of the 3 of numCache"),
            (lambda: memcached(num_cache_nodes=1, az_mode="cross-az"), "must be single-az with one node"),
            (lambda: memcached(num_cache_nodes=2, preferred_availability_zones=["a"]), "got 1"),
        ],
        [
            lambda: group(num_node_groups=83, replicas_per_node_group=5),
            lambda: group(multi_az_enabled=True, automatic_failover_enabled=True, num_cache_clusters=2),
            lambda: memcached(num_cache_nodes=2, az_mode="cross-az", preferred_availability_zones=["a", "b"]),
        ],
    ),
    "aws-elasticache-memcached-tls": (
        [
            (lambda: memcached(transit_encryption_enabled=False), "is off"),
            (lambda: memcached(engine_version="1.6.6"), "at least 1.6.12 with TLS, got 1.6.6"),
        ],
        [memcached],
    ),
    "aws-lambda-package": (
        [
            (lambda: from_image(handler="app.main"), "handler: must be left out of a function from an image"),
            (lambda: function(handler=None), "must be given for a function from an archive"),
            (lambda: from_image(timeout=901), "must be 1 to 900, got 901"),
            (lambda: function(memory_size=64), "must be 128 to 10240, got 64"),
        ],
        [function, lambda: from_image(timeout=900)],
    ),
    "aws-lambda-network": (
        [(inside, "must be allowed to make network interfaces")],
        [
            lambda: inside(attached="service-role/AWSLambdaVPCAccessExecutionRole"),
            lambda: inside(actions=["ec2:CreateNetworkInterface"]),
            function,
        ],
    ),
}


@pytest.mark.parametrize("policy_id", CASES)
def test_a_policy_finds_what_breaks_it_and_lets_pass_what_keeps_it(policy_id):
    (only,) = [one for one in all_policies() if one.id == policy_id]
    wrong, right = CASES[policy_id]
    for program, message in wrong:
        findings = check(record(program), policies=[only])
        assert any(message in one.reason and one.remedy for one in findings), (message, findings)
    for program in right:
        assert check(record(program), policies=[only]) == []


def test_every_policy_of_the_data_tier_has_a_case_and_a_source():
    policies = [one for module in _OF_DATA for one in vars(module).values() if isinstance(one, Policy)]
    assert {one.id for one in policies} == set(CASES)
    assert all(one.title and one.source for one in policies)
