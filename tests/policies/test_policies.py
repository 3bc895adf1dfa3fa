"""Each policy against a program that breaks it and one that keeps it."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_docker as docker
import pytest

from archkit.errors import UserError
from archkit.policies import _OF_DATA, Policy, Problem, all_policies, check
from archkit.recorder import record

ALB_ZONES = ["subnet-a", "subnet-b"]


def _group(**more):
    return aws.autoscaling.Group("group", **{"min_size": 1, "max_size": 3, **more})


def _plan(**rule):
    aws.backup.Plan("plan", rules=[{"rule_name": "daily", "target_vault_name": "main", **rule}])


def _bucket(*, algorithm="AES256", block=True, **more):
    bucket = aws.s3.Bucket("files", **more)
    if algorithm:
        default = {"apply_server_side_encryption_by_default": {"sse_algorithm": algorithm}}
        aws.s3.BucketServerSideEncryptionConfiguration("encryption", bucket=bucket.id, rules=[default])
    settings = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    aws.s3.BucketPublicAccessBlock("block", bucket=bucket.id, **dict.fromkeys(settings, block))
    return bucket


def _balancer(**more):
    return aws.lb.LoadBalancer("front", **{"subnets": ALB_ZONES, **more})


def _listener(**more):
    aws.lb.Listener("secure", load_balancer_arn="arn", port=443, default_actions=[{"type": "forward"}], **more)


def _logging_to(algorithm):
    _balancer(access_logs={"bucket": _bucket(algorithm=algorithm).bucket, "enabled": True})


def _database(**more):
    return aws.rds.Instance("orders", **{"instance_class": "db.t4g.small", "storage_encrypted": True, **more})


def _replicated(days):
    source = _database(backup_retention_period=days)
    aws.rds.Instance("copy", instance_class="db.t4g.small", replicate_source_db=source.identifier)


def _cluster_of(family, version="17.4"):
    group = aws.rds.ClusterParameterGroup("settings", family=family)
    aws.rds.Cluster(
        "orders",
        engine="aurora-postgresql",
        engine_version=version,
        storage_encrypted=True,
        db_cluster_parameter_group_name=group.name,
    )


def _cache(family="valkey8", **more):
    group = aws.elasticache.ParameterGroup("settings", family=family)
    given = {"at_rest_encryption_enabled": True, "transit_encryption_enabled": True, "num_cache_clusters": 2, **more}
    aws.elasticache.ReplicationGroup(
        "cache",
        description="cache",
        engine="valkey",
        engine_version="8.1",
        automatic_failover_enabled=True,
        parameter_group_name=group.name,
        **given,
    )


def _cache_user(**more):
    aws.elasticache.User("app", access_string="on ~* +@all", engine="valkey", user_id="app", user_name="app", **more)


def _cdn_alarm(**more):
    aws.cloudwatch.MetricAlarm(
        "errors", comparison_operator="GreaterThanThreshold", evaluation_periods=1, namespace="AWS/CloudFront", **more
    )


def _behavior(path):
    return {
        "path_pattern": path,
        "target_origin_id": "one",
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
    }


def _distribution(*, methods=("GET", "HEAD"), members=2, acl=None, certificate=None, target="both", paths=()):
    aws.cloudfront.Distribution(
        "edge",
        enabled=True,
        origins=[{"domain_name": f"{name}.example.org", "origin_id": name} for name in ("one", "two")],
        origin_groups=[
            {
                "origin_id": "both",
                "failover_criteria": {"status_codes": [502]},
                "members": [{"origin_id": name} for name in ("one", "two", "three")[:members]],
            }
        ],
        default_cache_behavior={
            "target_origin_id": target,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": list(methods),
            "cached_methods": ["GET", "HEAD"],
        },
        ordered_cache_behaviors=[_behavior(path) for path in paths],
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"acm_certificate_arn": certificate}
        if certificate
        else {"cloudfront_default_certificate": True},
        web_acl_id=acl,
    )


def _acl(*, scope="CLOUDFRONT", window=300, **more):
    rate = {"limit": 1000, "evaluation_window_sec": window, "aggregate_key_type": "IP"}
    visibility = {"cloudwatch_metrics_enabled": True, "metric_name": "m", "sampled_requests_enabled": True}
    return aws.wafv2.WebAcl(
        "firewall",
        scope=scope,
        default_action={"allow": {}},
        visibility_config=visibility,
        rules=[
            {
                "name": "rate",
                "priority": 1,
                "action": {"block": {}},
                "statement": {"rate_based_statement": rate},
                "visibility_config": visibility,
            }
        ],
        **more,
    )


def _template(**more):
    given = {"metadata_options": {"http_tokens": "required"}, **more}
    return aws.ec2.LaunchTemplate("template", **given)


def _refresh(version, image="ami-1"):
    template = _template(image_id=image)
    _group(
        launch_template={"id": template.id, "version": template.latest_version if version is None else version},
        instance_refresh={"strategy": "Rolling", "preferences": {"auto_rollback": True}},
    )


def _ingress(**rule):
    given = {"from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"], **rule}
    aws.ec2.SecurityGroup("public", ingress=[given])


def _document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _permission(**statement):
    aws.iam.Policy("permission", policy=_document(**statement))


def _trust(**statement):
    aws.iam.Role("role", assume_role_policy=_document(Action="sts:AssumeRole", **statement))


def _tracking(**more):
    given = {"policy_type": "TargetTrackingScaling", "autoscaling_group_name": _group().name}
    aws.autoscaling.Policy("follow", **given, **more)


def _latency(metric):
    metric_specification = {"metric_name": metric, "namespace": "AWS/ApplicationELB", "statistic": "Average"}
    _tracking(
        target_tracking_configuration={
            "customized_metric_specification": metric_specification,
            "target_value": 1,
        }
    )


def _schedule(**sizes):
    aws.autoscaling.Schedule(
        "night", scheduled_action_name="night", autoscaling_group_name=_group().name, recurrence="0 1 * * *", **sizes
    )


def _locked(days):
    vault = aws.backup.Vault("safe")
    aws.backup.VaultLockConfiguration("lock", backup_vault_name=vault.name, min_retention_days=7, max_retention_days=60)
    rule = {"rule_name": "daily", "target_vault_name": vault.name, "lifecycle": {"delete_after": days}}
    aws.backup.Plan("plan", rules=[rule])


def _restore_plan(name):
    selection = {
        "algorithm": "LATEST_WITHIN_WINDOW",
        "include_vaults": ["*"],
        "recovery_point_types": ["SNAPSHOT"],
    }
    aws.backup.RestoreTestingPlan(
        "test", name=name, schedule_expression="cron(0 5 * * ? *)", recovery_point_selection=selection
    )


def _instance(**more):
    given = {"metadata_options": {"http_tokens": "required"}, "root_block_device": {"encrypted": True}, **more}
    aws.ec2.Instance("one", ami="ami-1", instance_type="t4g.small", **given)


# By policy: programs that break it, each with a part of the message, and programs that keep it.
CASES = {
    "aws-autoscaling-bounds": (
        [(lambda: _group(min_size=4), "must be at most maxSize 3, got 4")],
        [_group, lambda: _group(min_size=3)],
    ),
    "aws-autoscaling-metrics-granularity": (
        [(lambda: _group(enabled_metrics=["GroupMinSize"], metrics_granularity="5Minute"), "got '5Minute'")],
        [lambda: _group(enabled_metrics=["GroupMinSize"], metrics_granularity="1Minute")],
    ),
    "aws-autoscaling-target": (
        [
            (lambda: aws.autoscaling.Policy("p", autoscaling_group_name="nobody"), "got 'nobody'"),
            (lambda: _orphan_scaling("cluster:other"), "no scalable target of this stack has it, got 'cluster:other'"),
        ],
        [
            lambda: aws.autoscaling.Policy("p", autoscaling_group_name=_group().name),
            lambda: (_group(name="web"), aws.autoscaling.Policy("p", autoscaling_group_name="web")),
            lambda: _orphan_scaling("cluster:orders"),
        ],
    ),
    "aws-autoscaling-refresh-rollback": (
        [
            (lambda: _refresh("$Latest"), "cannot roll back to '$Latest'"),
            (lambda: _refresh(None, "resolve:ssm:/aws/service/ami"), "an image that AWS resolves"),
        ],
        [lambda: _refresh(None)],
    ),
    "aws-autoscaling-target-tracking": (
        [
            (lambda: _tracking(cooldown=300), "target tracking ignores it"),
            (lambda: _latency("TargetResponseTime"), "got TargetResponseTime"),
        ],
        [lambda: _tracking(estimated_instance_warmup=60), lambda: _latency("RequestCount")],
    ),
    "aws-autoscaling-schedule-sizes": (
        [(lambda: _schedule(min_size=1), "maxSize, desiredCapacity: must be given, left out they mean 0")],
        [lambda: _schedule(min_size=1, max_size=-1, desired_capacity=-1)],
    ),
    "aws-backup-cold-storage": (
        [
            (lambda: _plan(lifecycle={"cold_storage_after": 30, "delete_after": 100}), "at least 120 days"),
            (
                lambda: _plan(
                    copy_actions=[
                        {"destination_vault_arn": "a", "lifecycle": {"cold_storage_after": 1, "delete_after": 9}}
                    ]
                ),
                "copyActions[0].lifecycle.deleteAfter",
            ),
        ],
        [
            lambda: _plan(lifecycle={"cold_storage_after": 30, "delete_after": 120}),
            lambda: _plan(lifecycle={"delete_after": 7}),
        ],
    ),
    "aws-backup-schedule": (
        [
            (lambda: _plan(schedule="rate(1 day)"), "got 'rate(1 day)'"),
            (lambda: _plan(schedule="cron(0 5 * * *)"), "six fields"),
        ],
        [lambda: _plan(schedule="cron(0 5 * * ? *)")],
    ),
    "aws-backup-point-in-time": (
        [
            (lambda: _plan(enable_continuous_backup=True, lifecycle={"delete_after": 90}), "got 90"),
            (lambda: _plan(enable_continuous_backup=True), "got nothing"),
        ],
        [lambda: _plan(enable_continuous_backup=True, lifecycle={"delete_after": 35})],
    ),
    "aws-backup-lock-retention": ([(lambda: _locked(90), "must be 7 to 60 days")], [lambda: _locked(30)]),
    "aws-backup-compliance-lock": (
        [
            (
                lambda: aws.backup.VaultLockConfiguration("l", backup_vault_name="v", changeable_for_days=3),
                "after 3 days",
            )
        ],
        [lambda: aws.backup.VaultLockConfiguration("l", backup_vault_name="v", min_retention_days=3)],
    ),
    "aws-backup-restore-testing-name": (
        [(lambda: _restore_plan("web-restore"), "got 'web-restore'"), (lambda: _restore_plan("a" * 51), "1 to 50")],
        [lambda: _restore_plan("web_restore")],
    ),
    "aws-s3-bucket-name": (
        [(lambda: _bucket(bucket="Files"), "got 'Files'")],
        [_bucket, lambda: _bucket(bucket="files-1.eu")],
    ),
    "aws-s3-public-access": (
        [
            (lambda: aws.s3.Bucket("open"), "public access is not blocked: blockPublicAcls"),
            (lambda: _bucket(block=False), "public access is not blocked"),
            (lambda: _bucket(acl="public-read"), "acl: is public-read"),
        ],
        [_bucket],
    ),
    "aws-s3-encryption": ([(lambda: _bucket(algorithm=None), "no encryption configuration")], [_bucket]),
    "aws-alb-subnets": (
        [(lambda: _balancer(subnets=["subnet-a"]), "at least 2, in different zones, got 1")],
        [_balancer, lambda: _balancer(subnets=["subnet-a"], load_balancer_type="network")],
    ),
    "aws-alb-certificate": (
        [(lambda: _listener(protocol="HTTPS"), "must be given on a listener of protocol HTTPS")],
        [lambda: _listener(protocol="HTTPS", certificate_arn="arn"), lambda: _listener(protocol="HTTP")],
    ),
    "aws-alb-log-bucket-encryption": (
        [(lambda: _logging_to("aws:kms"), "front can write its logs only with AES256, got aws:kms")],
        [lambda: _logging_to("AES256"), lambda: _bucket(algorithm="aws:kms")],
    ),
    "aws-rds-storage-type": (
        [(lambda: _database(storage_type="gp4"), "got 'gp4'")],
        [lambda: _database(storage_type="gp3"), _database],
    ),
    "aws-rds-backup-retention": (
        [
            (lambda: _replicated(0), "copy replicates it, got 0"),
            (lambda: _replicated(None), "got nothing, which is 0"),
            (lambda: _database(backup_retention_period=36), "at most 35 days, got 36"),
        ],
        [lambda: _replicated(7), lambda: _database(backup_retention_period=0)],
    ),
    "aws-rds-encryption": (
        [
            (lambda: _database(storage_encrypted=False), "is off"),
            (lambda: aws.rds.Cluster("c", engine="mysql"), "is off"),
        ],
        [_database],
    ),
    "aws-rds-public": ([(lambda: _database(publicly_accessible=True), "is on")], [_database]),
    "aws-rds-parameter-group-family": (
        [
            (lambda: _cluster_of("aurora-postgresql16"), "must be that of aurora-postgresql 17.4"),
            (lambda: _cluster_of("postgres17"), "got postgres17"),
        ],
        [lambda: _cluster_of("aurora-postgresql17")],
    ),
    "aws-elasticache-user-password": (
        [
            (_cache_user, "neither a password nor IAM"),
            (lambda: _cache_user(no_password_required=True), "neither a password nor IAM"),
            (lambda: _cache_user(authentication_mode={"type": "no-password-required"}), "neither a password"),
        ],
        [
            lambda: _cache_user(authentication_mode={"type": "iam"}),
            lambda: _cache_user(passwords=[pulumi.Output.secret("0123456789abcdef")]),
        ],
    ),
    "aws-elasticache-parameter-group-family": (
        [(lambda: _cache("redis7"), "must be that of valkey 8.1"), (lambda: _cache("valkey7"), "got valkey7")],
        [_cache],
    ),
    "aws-elasticache-encryption": (
        [(lambda: _cache(transit_encryption_enabled=False), "transitEncryptionEnabled: is off")],
        [_cache],
    ),
    "aws-elasticache-failover": ([(lambda: _cache(num_cache_clusters=1), "at least 2 with failover, got 1")], [_cache]),
    "aws-cloudfront-origin-group": (
        [
            (lambda: _distribution(methods=["GET", "HEAD", "POST"]), "an origin group only reads, got POST"),
            (lambda: _distribution(members=1), "exactly 2 members, got 1"),
        ],
        [_distribution],
    ),
    "aws-cloudfront-region": (
        [
            (lambda: _distribution(acl=_acl().arn), "region: must be us-east-1"),
            (lambda: _distribution(acl=_acl(scope="REGIONAL", region="us-east-1").arn), "scope: must be CLOUDFRONT"),
            (
                lambda: _distribution(certificate=aws.acm.Certificate("tls", domain_name="a.org").arn),
                "got that of the stack",
            ),
        ],
        [
            lambda: _distribution(acl=_acl(region="us-east-1").arn),
            lambda: _distribution(acl=_acl(opts=_american()).arn),
            lambda: _distribution(certificate=aws.acm.Certificate("tls", domain_name="a.org", region="us-east-1").arn),
        ],
    ),
    "aws-cloudfront-behavior-origin": (
        [
            (lambda: _distribution(target="three"), "defaultCacheBehavior.targetOriginId: must be an origin"),
            (lambda: _distribution(paths=["/a/*", "/a/*"]), "orderedCacheBehaviors[1].pathPattern: must be another"),
        ],
        [_distribution, lambda: _distribution(target="one", paths=["/a/*", "/b/*"])],
    ),
    "aws-cloudfront-alarm-region": (
        [(_cdn_alarm, "region: must be us-east-1"), (lambda: _cdn_alarm(region="eu-west-1"), "got eu-west-1")],
        [lambda: _cdn_alarm(region="us-east-1")],
    ),
    "aws-waf-rate-window": ([(lambda: _acl(window=90), "one of 60, 120, 300, 600, got 90")], [_acl]),
    "aws-ec2-world-open": (
        [
            (lambda: _ingress(from_port=22, to_port=22), "ports 22-22 are open to 0.0.0.0/0"),
            (lambda: _ingress(protocol="-1"), "all ports are open"),
            (lambda: _ingress(from_port=80, to_port=443), "ports 80-443 are open"),
            (lambda: _ingress_rule(cidr_ipv6="::/0", from_port=5432, to_port=5432), "open to ::/0"),
        ],
        [
            _ingress,
            lambda: _ingress(from_port=22, to_port=22, cidr_blocks=["10.0.0.0/8"]),
            lambda: _ingress_rule(cidr_ipv4="0.0.0.0/0", from_port=80, to_port=80),
        ],
    ),
    "aws-ec2-imds": (
        [
            (lambda: aws.ec2.LaunchTemplate("t"), "must be required, got nothing"),
            (lambda: _instance(metadata_options={"http_tokens": "optional"}), "got optional"),
        ],
        [_template, _instance],
    ),
    "aws-ec2-volume-encryption": (
        [
            (lambda: aws.ebs.Volume("v", availability_zone="eu-central-1a", size=1), "encrypted: is off"),
            (lambda: _template(block_device_mappings=[{"ebs": {"volume_size": 8}}]), "blockDeviceMappings[0].ebs."),
            (lambda: _instance(root_block_device={"volume_size": 8}), "rootBlockDevice.encrypted"),
        ],
        [
            lambda: aws.ebs.Volume("v", availability_zone="eu-central-1a", size=1, encrypted=True),
            lambda: _template(block_device_mappings=[{"ebs": {"encrypted": "true"}}]),
            _instance,
        ],
    ),
    "aws-iam-wildcard-action": (
        [
            (lambda: _permission(Action="*", Resource="arn:aws:s3:::a"), "allows every action"),
            (lambda: _permission(Action=["s3:*"], Resource="*"), "allows s3:* on every resource"),
        ],
        [
            lambda: _permission(Action="s3:GetObject", Resource="*"),
            lambda: _permission(Action="s3:*", Resource="arn:aws:s3:::a/*"),
            lambda: _permission(Effect="Deny", Action="*", Resource="*"),
        ],
    ),
    "aws-iam-wildcard-principal": (
        [(lambda: _trust(Principal="*"), "trusts every principal"), (lambda: _trust(Principal={"AWS": "*"}), "trusts")],
        [
            lambda: _trust(Principal={"Service": "ec2.amazonaws.com"}),
            lambda: _trust(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        ],
    ),
    "aws-sqs-encryption": (
        [(lambda: aws.sqs.Queue("q", sqs_managed_sse_enabled=False), "there is no kmsMasterKeyId")],
        [lambda: aws.sqs.Queue("q"), lambda: aws.sqs.Queue("q", kms_master_key_id="alias/aws/sqs")],
    ),
    "aws-logs-retention": (
        [(lambda: aws.cloudwatch.LogGroup("l"), "kept and paid for ever")],
        [lambda: aws.cloudwatch.LogGroup("l", retention_in_days=30)],
    ),
    "name-length": (
        [
            (lambda: aws.lb.TargetGroup("t", name="a" * 33), "at most 32 characters, got 33"),
            (lambda: aws.lb.TargetGroup("a" * 25), "got 25 and 8 that Pulumi adds"),
            (lambda: docker.ServiceConfig("c", name="a" * 65, data=""), "at most 64 characters, got 65"),
        ],
        [
            lambda: aws.lb.TargetGroup("t", name="a" * 32),
            lambda: aws.lb.TargetGroup("a" * 24),
            lambda: aws.lb.TargetGroup("a" * 60, name_prefix="web-"),
        ],
    ),
}


def _orphan_scaling(resource_id):
    shared = {"service_namespace": "rds", "scalable_dimension": "rds:cluster:ReadReplicaCount"}
    aws.appautoscaling.Target("t", resource_id="cluster:orders", min_capacity=1, max_capacity=2, **shared)
    aws.appautoscaling.Policy("p", resource_id=resource_id, **shared)


def _american():
    return pulumi.ResourceOptions(provider=aws.Provider("america", region="us-east-1"))


def _ingress_rule(**more):
    aws.vpc.SecurityGroupIngressRule("rule", security_group_id="sg-1", ip_protocol="tcp", **more)


def _only(policy_id):
    return [one for one in all_policies() if one.id == policy_id]


@pytest.mark.parametrize(
    ("policy_id", "program", "message"),
    [
        pytest.param(policy_id, program, message, id=f"{policy_id} {index}")
        for policy_id, (wrong, _) in CASES.items()
        for index, (program, message) in enumerate(wrong)
    ],
)
def test_a_policy_finds_what_breaks_it(policy_id, program, message):
    findings = check(record(program), policies=_only(policy_id))
    assert findings, f"{policy_id} found nothing"
    assert any(message in one.reason for one in findings), [one.reason for one in findings]
    assert all(one.remedy and one.place.startswith("tests/policies/test_policies.py:") for one in findings)


@pytest.mark.parametrize(
    ("policy_id", "program"),
    [
        pytest.param(policy_id, program, id=f"{policy_id} {index}")
        for policy_id, (_, right) in CASES.items()
        for index, program in enumerate(right)
    ],
)
def test_a_policy_lets_pass_what_keeps_it(policy_id, program):
    assert check(record(program), policies=_only(policy_id)) == []


def test_every_policy_has_a_case_and_a_source():
    policies = all_policies()
    # Those of databases, caches and functions have theirs in test_data_tier.py, which holds itself to it.
    elsewhere = {one.id for module in _OF_DATA for one in vars(module).values() if isinstance(one, Policy)}
    assert {one.id for one in policies} == set(CASES) | elsewhere
    assert all(one.title and one.source for one in policies)


def test_an_accepted_policy_is_left_out_and_an_unknown_one_is_refused():
    graph = record(lambda: aws.cloudwatch.LogGroup("l"))
    assert [one.policy for one in check(graph)] == ["aws-logs-retention"]
    assert check(graph, accepted=["aws-logs-retention"]) == []
    with pytest.raises(UserError, match="policy: no such one, got 'aws-log-retention'"):
        check(graph, accepted=["aws-log-retention"])


class _Entry:
    name = "acme"

    def __init__(self, loaded):
        self.loaded = loaded

    def load(self):
        return self.loaded


def test_a_package_adds_its_own_policies(monkeypatch):
    def find(graph):
        for bucket in graph.of_type("aws:s3/bucket:Bucket"):
            yield Problem(resource=bucket, reason="we use no buckets", remedy="use none")

    own = Policy(id="acme-no-buckets", title="No buckets", source="us", find=find)
    monkeypatch.setattr("archkit.policies.entry_points", lambda group: [_Entry([own])])
    findings = check(record(_bucket))
    assert [(one.policy, one.resource) for one in findings] == [("acme-no-buckets", "files")]


def test_what_is_no_policy_and_an_id_used_twice_are_refused(monkeypatch):
    monkeypatch.setattr("archkit.policies.entry_points", lambda group: [_Entry([7])])
    with pytest.raises(UserError, match="acme: must be a Policy or a sequence of them, got int"):
        all_policies()
    twin = Policy(id="aws-logs-retention", title="t", source="s", find=lambda _: [])
    monkeypatch.setattr("archkit.policies.entry_points", lambda group: [_Entry(twin)])
    with pytest.raises(UserError, match="aws-logs-retention: two policies have this id"):
        all_policies()
