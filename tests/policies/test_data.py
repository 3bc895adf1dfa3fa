"""Policies of Amazon S3, RDS, ElastiCache and SQS: programs that break and that keep each."""

import pulumi
import pulumi_aws as aws


def _bucket(*, algorithm="AES256", block=True, **more):
    bucket = aws.s3.Bucket("files", **more)
    if algorithm:
        default = {"apply_server_side_encryption_by_default": {"sse_algorithm": algorithm}}
        aws.s3.BucketServerSideEncryptionConfiguration("encryption", bucket=bucket.id, rules=[default])
    settings = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    aws.s3.BucketPublicAccessBlock("block", bucket=bucket.id, **dict.fromkeys(settings, block))
    return bucket


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


def _node(engine):
    aws.elasticache.Cluster("node", engine=engine, node_type="cache.t4g.micro", num_cache_nodes=1)


CASES = {
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
    "aws-sqs-encryption": (
        [(lambda: aws.sqs.Queue("q", sqs_managed_sse_enabled=False), "there is no kmsMasterKeyId")],
        [lambda: aws.sqs.Queue("q"), lambda: aws.sqs.Queue("q", kms_master_key_id="alias/aws/sqs")],
    ),
    "aws-s3-inline-settings": (
        [(lambda: _bucket(versioning={"enabled": True}), "versioning: is deprecated inside the bucket")],
        [_bucket],
    ),
    "aws-elasticache-valkey-group": (
        [(lambda: _node("valkey"), "must be memcached or redis on a node of its own, got valkey")],
        [_cache, lambda: _node("memcached")],
    ),
    "aws-elasticache-token-rotation": (
        [
            (lambda: _cache(auth_token="0123456789abcdef"), "must be given with a token, got nothing"),
            (
                lambda: _cache(auth_token="0123456789abcdef", auth_token_update_strategy="DELETE"),
                "must be SET or ROTATE with a token, got DELETE",
            ),
        ],
        [
            _cache,
            lambda: _cache(auth_token="0123456789abcdef", auth_token_update_strategy="ROTATE"),
            lambda: _cache(auth_token_update_strategy="DELETE"),
        ],
    ),
    "aws-rds-password-in-state": (
        [
            (lambda: _database(password="0123456789abcdef"), "password: is kept in the state"),
            (
                lambda: aws.rds.Cluster("c", engine="aurora-postgresql", master_password="0123456789abcdef"),
                "masterPassword: is kept in the state",
            ),
        ],
        [
            lambda: _database(manage_master_user_password=True),
            lambda: _database(password_wo="0123456789abcdef", password_wo_version=1),
        ],
    ),
}


def test_a_policy_finds_what_breaks_it(broken):
    broken()


def test_a_policy_lets_pass_what_keeps_it(kept):
    kept()
