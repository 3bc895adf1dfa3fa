"""What RDS, ElastiCache and Lambda refuse or get wrong, and mocks let through: as relations between resources.

Each name is a rule; the comment beneath it says where AWS states it.
"""

import json
import re
from types import SimpleNamespace

import pulumi_aws as aws
import pytest

from archkit.graph import Graph, Resource
from archkit.policies import check
from archkit.recorder import record
from components.cache import CacheArgs, Engine
from components.database import DatabaseArgs
from components.errors import InvalidArgsError
from components.image import ImageArgs
from components.migration import MigrationArgs
from components.network import NetworkArgs
from components.profile import Profile
from components.settings import AwsSettings
from components.settings.aws_data import CacheSettings, DatabaseSettings
from components.targets.aws import AwsTarget

IMAGE = f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/api@sha256:{'a' * 64}"
SETTINGS = AwsSettings(
    profile=Profile.PROD,
    images={"api": IMAGE},
    database=DatabaseSettings(maximum_readers=4, advanced_insights=True),
)
RDS, CACHE = "aws:rds", "aws:elasticache"


@pytest.fixture(scope="module")
def graph() -> Graph:
    def program() -> None:
        target = AwsTarget(SETTINGS)
        network = target.network("network", NetworkArgs())
        orders = target.database("orders", DatabaseArgs(), network=network)
        target.cache("pages", CacheArgs(), network=network)
        target.cache("sessions", CacheArgs(engine=Engine.MEMCACHED), network=network)
        image = target.image("image", ImageArgs(app="api"))
        target.migration("schema", MigrationArgs(), network=network, image=image, database=orders)

    return record(program)


def only(graph: Graph, type_: str) -> Resource:
    (found,) = graph.of_type(type_)
    return found


def waits_for(one: Resource) -> set[str]:
    return set(one.options.get("dependsOn", ()))


def test_the_whole_tier_keeps_every_policy(graph: Graph) -> None:
    assert [str(finding) for finding in check(graph)] == []


def test_a_user_with_iam_is_called_by_its_id_and_user_group_and_cache_have_one_engine(graph: Graph) -> None:
    # ElastiCache User Guide, "Authenticating with IAM"; "Role-Based Access Control": a user group of another engine.
    user, users = only(graph, f"{CACHE}/user:User"), only(graph, f"{CACHE}/userGroup:UserGroup")
    group = only(graph, f"{CACHE}/replicationGroup:ReplicationGroup").inputs

    assert user.inputs["userId"] == user.inputs["userName"]
    assert user.inputs["authenticationMode"] == {"type": "iam"}
    assert user.inputs["engine"] == users.inputs["engine"] == group["engine"] == "valkey"
    assert "authToken" not in group, "AUTH and user groups exclude each other"
    assert group["transitEncryptionEnabled"], "neither users nor tokens without TLS"
    assert len(group["userGroupIds"]) == 1
    assert re.fullmatch(r"on ~\S+( [+-]?\S+)+", user.inputs["accessString"])


def test_who_fails_over_has_somebody_in_another_zone_to_fail_over_to(graph: Graph) -> None:
    # ElastiCache API, CreateReplicationGroup: MultiAZEnabled needs AutomaticFailoverEnabled, that at least 2 members.
    group = only(graph, f"{CACHE}/replicationGroup:ReplicationGroup").inputs
    zones = group["preferredCacheClusterAzs"]

    assert group["multiAzEnabled"] is group["automaticFailoverEnabled"] is True
    assert group["numCacheClusters"] == len(zones) >= 2, "PreferredCacheClusterAZs: one zone for each member"
    assert len(set(zones)) >= 2


def test_memcached_speaks_tls_from_a_version_that_does_and_names_a_zone_for_each_node(graph: Graph) -> None:
    # ElastiCache User Guide, "In-transit encryption": Memcached 1.6.12; API, CreateCacheCluster: AZMode.
    cluster = only(graph, f"{CACHE}/cluster:Cluster").inputs

    assert cluster["transitEncryptionEnabled"] is True
    assert tuple(map(int, cluster["engineVersion"].split("."))) >= (1, 6, 12)
    assert cluster["numCacheNodes"] == len(cluster["preferredAvailabilityZones"])
    assert cluster["azMode"] == "cross-az"


def test_more_shards_than_a_cluster_has_nodes_for_are_refused() -> None:
    target = AwsTarget(AwsSettings(cache=CacheSettings(shards=200)))

    with pytest.raises(InvalidArgsError) as refused:
        record(lambda: target.cache("pages", CacheArgs(), network=target.network("network", NetworkArgs())))

    assert refused.value.problems == (
        "aws/cache/shards: must make at most 500 nodes with cache/pages/replicas 2, got 200, which are 600; a cluster "
        "has no more",
    )


def test_a_sharded_cache_says_so_in_its_parameters_and_names_no_members() -> None:
    target = AwsTarget(AwsSettings(cache=CacheSettings(shards=3)))
    graph = record(lambda: target.cache("pages", CacheArgs(), network=target.network("network", NetworkArgs())))
    group = only(graph, f"{CACHE}/replicationGroup:ReplicationGroup").inputs
    parameters = only(graph, f"{CACHE}/parameterGroup:ParameterGroup").inputs["parameters"]

    # ElastiCache API: NumCacheClusters and NumNodeGroups exclude each other; cluster mode takes cluster-enabled.
    assert (group["numNodeGroups"], group["replicasPerNodeGroup"]) == (3, 2)
    assert not {"numCacheClusters", "preferredCacheClusterAzs"} & group.keys()
    assert {"name": "cluster-enabled", "value": "yes"} in parameters


def test_insights_are_kept_as_long_as_their_mode_asks_for_by_cluster_and_members(graph: Graph) -> None:
    # Aurora User Guide, "Database Insights": the advanced mode keeps 465 days, and asks for Performance Insights.
    cluster = only(graph, f"{RDS}/cluster:Cluster").inputs
    members = [one.inputs for one in graph.of_type(f"{RDS}/clusterInstance:ClusterInstance")]

    assert (cluster["databaseInsightsMode"], cluster["performanceInsightsRetentionPeriod"]) == ("advanced", 465)
    assert {one["performanceInsightsRetentionPeriod"] for one in [cluster, *members]} == {465}
    assert all(one["performanceInsightsEnabled"] for one in [cluster, *members])


def test_each_exported_log_has_its_group_before_rds_makes_one_without_retention(graph: Graph) -> None:
    # Aurora User Guide, "Publishing Aurora PostgreSQL logs to CloudWatch Logs".
    cluster = only(graph, f"{RDS}/cluster:Cluster")
    groups = {one.inputs["name"]: one.urn for one in graph.of_type("aws:cloudwatch/logGroup:LogGroup")}
    wanted = cluster.inputs["enabledCloudwatchLogsExports"]

    assert set(wanted) <= {"postgresql", "iam-db-auth-error", "instance"}
    for kind in wanted:
        assert groups[f"/aws/rds/cluster/{cluster.inputs['clusterIdentifier']}/{kind}"] in waits_for(cluster)


def test_the_newest_version_is_looked_for_in_the_family_of_the_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    # Versions of Aurora Limitless match the major version too; their family is another.
    asked: dict[str, object] = {}

    def newest(**given: object) -> SimpleNamespace:
        asked.update(given)
        return SimpleNamespace(version_actual="17.6")

    monkeypatch.setattr(aws.rds, "get_engine_version", newest)
    target = AwsTarget(AwsSettings())
    graph = record(lambda: target.database("orders", DatabaseArgs(), network=target.network("net", NetworkArgs())))
    family = only(graph, f"{RDS}/clusterParameterGroup:ClusterParameterGroup").inputs["family"]

    assert only(graph, f"{RDS}/cluster:Cluster").inputs["engineVersion"] == "17.6"
    assert (asked["version"], asked["parameter_group_family"]) == ("17", family)
    assert asked["latest"] is True


def test_a_parameter_that_needs_a_restart_waits_for_it(graph: Graph) -> None:
    # RDS API, ModifyDBClusterParameterGroup: ApplyMethod; static parameters take pending-reboot only.
    parameters = only(graph, f"{RDS}/clusterParameterGroup:ClusterParameterGroup").inputs["parameters"]
    how = {one["name"]: one["applyMethod"] for one in parameters}
    assert how["shared_preload_libraries"] == "pending-reboot"
    assert how["rds.force_ssl"] == how["log_min_duration_statement"] == "immediate"


def test_members_wait_for_what_lets_them_be_monitored(graph: Graph) -> None:
    # RDS refuses a monitoring role that lacks its policy when the instance is made.
    allowed = graph.named("orders-monitoring-policy").urn
    for member in graph.of_type(f"{RDS}/clusterInstance:ClusterInstance"):
        assert allowed in waits_for(member)
        assert 0 <= member.inputs["promotionTier"] < 15


def test_the_pool_logs_on_by_iam_as_the_application_and_registers_a_cluster_that_has_members(graph: Graph) -> None:
    # Aurora User Guide, "Configuring IAM authentication for RDS Proxy": end to end, without secrets.
    proxy = only(graph, f"{RDS}/proxy:Proxy").inputs
    assert proxy["defaultAuthScheme"] == "IAM_AUTH"
    assert "auths" not in proxy, "a secret of the master's rotates, and lets the pool log on as him"
    assert proxy["requireTls"] is True, "IAM authentication needs TLS"
    assert len(proxy["vpcSubnetIds"]) >= 2
    assert only(graph, f"{RDS}/cluster:Cluster").inputs["iamDatabaseAuthenticationEnabled"] is True
    (statement,) = json.loads(graph.named("orders-pool-permissions").inputs["policy"])["Statement"]
    assert statement["Action"] == "rds-db:connect"
    assert statement["Resource"].endswith("/app")
    members = {one.urn for one in graph.of_type(f"{RDS}/clusterInstance:ClusterInstance")}
    assert members <= waits_for(only(graph, f"{RDS}/proxyTarget:ProxyTarget"))
    assert only(graph, f"{RDS}/proxyEndpoint:ProxyEndpoint").inputs["targetRole"] == "READ_ONLY"


def test_readers_are_scaled_once_all_that_the_design_asks_for_are_there(graph: Graph) -> None:
    # Aurora User Guide, "Amazon Aurora Auto Scaling with Aurora Replicas": 15 at most, a primary must be there.
    target = only(graph, "aws:appautoscaling/target:Target")
    members = {one.urn for one in graph.of_type(f"{RDS}/clusterInstance:ClusterInstance")}

    assert target.inputs["scalableDimension"] == "rds:cluster:ReadReplicaCount"
    assert target.inputs["resourceId"].startswith("cluster:")
    assert target.inputs["minCapacity"] == len(members) - 1 <= target.inputs["maxCapacity"] <= 15
    assert members <= waits_for(target)


def test_what_is_protected_leaves_a_snapshot_under_a_name_that_rds_takes_and_no_earlier_one_has(graph: Graph) -> None:
    # RDS API, DeleteDBCluster: FinalDBSnapshotIdentifier: letters, digits, single hyphens; must not exist.
    cluster = only(graph, f"{RDS}/cluster:Cluster")
    assert cluster.inputs["deletionProtection"] is True
    assert cluster.options["protect"] is True
    assert cluster.inputs["skipFinalSnapshot"] is False
    name = cluster.inputs["finalSnapshotIdentifier"]
    assert name.startswith(f"{cluster.inputs['clusterIdentifier']}-final-")
    assert graph.named("orders-key").urn in cluster.reads["finalSnapshotIdentifier"], "the key is new in each life"


# Aurora User Guide, "Amazon CloudWatch metrics for Amazon Aurora" and "CloudWatch dimensions"; ElastiCache User Guide,
# "Metrics for Valkey and Redis OSS", "Host-level metrics", "Metrics for Memcached": what an alarm can be on.
METRICS = {
    ("AWS/RDS", "AuroraReplicaLag", ("DBClusterIdentifier", "Role")),
    ("AWS/RDS", "DatabaseConnections", ("DBInstanceIdentifier",)),
    ("AWS/RDS", "FreeLocalStorage", ("DBInstanceIdentifier",)),
    ("AWS/RDS", "CPUUtilization", ("DBInstanceIdentifier",)),
    ("AWS/ElastiCache", "Evictions", ("CacheClusterId",)),
    ("AWS/ElastiCache", "DatabaseMemoryUsagePercentage", ("CacheClusterId",)),
    ("AWS/ElastiCache", "EngineCPUUtilization", ("CacheClusterId",)),
    ("AWS/ElastiCache", "ReplicationLag", ("CacheClusterId",)),
    ("AWS/ElastiCache", "Evictions", ("CacheClusterId", "CacheNodeId")),
    ("AWS/ElastiCache", "FreeableMemory", ("CacheClusterId", "CacheNodeId")),
    ("AWS/ElastiCache", "CPUUtilization", ("CacheClusterId", "CacheNodeId")),
}


def test_each_alarm_is_on_a_metric_that_exists_under_its_dimensions(graph: Graph) -> None:
    alarms = [one.inputs for one in graph.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")]
    ours = [one for one in alarms if one["namespace"] in {"AWS/RDS", "AWS/ElastiCache"}]

    assert {(one["namespace"], one["metricName"], tuple(sorted(one["dimensions"]))) for one in ours} == METRICS
    nodes = {one["dimensions"]["CacheNodeId"] for one in ours if "CacheNodeId" in one["dimensions"]}
    assert nodes == {"0001", "0002", "0003"}


def test_a_function_from_an_image_has_what_an_image_takes_and_may_stand_in_its_subnets(graph: Graph) -> None:
    # AWS Lambda API, CreateFunction: PackageType Image excludes handler, runtime and layers; Timeout.
    function = only(graph, "aws:lambda/function:Function")

    assert function.inputs["packageType"] == "Image"
    assert not {"handler", "runtime", "layers", "reservedConcurrentExecutions"} & function.inputs.keys()
    assert 1 <= function.inputs["timeout"] <= 900
    assert len(function.inputs["vpcConfig"]["subnetIds"]) >= 2
    assert {graph.named("schema-interfaces").urn, graph.named("schema-permissions").urn} <= waits_for(function)
    assert graph.named("schema-interfaces").inputs["policyArn"].endswith("/AWSLambdaENIManagementAccess")


def test_the_function_may_read_the_secret_and_the_key_that_it_is_encrypted_with(graph: Graph) -> None:
    statements = json.loads(graph.named("schema-permissions").inputs["policy"])["Statement"]
    actions = {
        action
        for one in statements
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    cluster = only(graph, f"{RDS}/cluster:Cluster")

    assert {"secretsmanager:GetSecretValue", "kms:Decrypt", "logs:PutLogEvents"} <= actions
    assert graph.named("orders-key").urn in cluster.reads["masterUserSecretKmsKeyId"]
    assert "masterPassword" not in cluster.inputs
