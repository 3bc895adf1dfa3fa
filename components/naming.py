"""Names: who may be called what, and how long a name may be where it ends up."""

import re
from enum import Enum

import pulumi

from components.errors import unless

# `localhost/` says whose registry it would be: this machine's. A name without a registry's host is Docker Hub's, and
# Swarm asks there before it takes the image that is here: whoever owned the name could have theirs run instead.
IMAGES = "localhost/archkit"
RANDOM_SUFFIX = len("-1a2b3c4")  # what Pulumi appends to a logical name, so that a new one can stand beside the old
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Kind(Enum):
    """A kind of resource, the longest name that it takes, and where that is written.

    Source: each service's API reference, "Length Constraints"; Docker: a service's name is a DNS label (RFC 1035).
    """

    LOAD_BALANCER = (32, "Elastic Load Balancing, CreateLoadBalancer: Name")
    TARGET_GROUP = (32, "Elastic Load Balancing, CreateTargetGroup: Name")
    IAM_ROLE = (64, "IAM, CreateRole: RoleName")
    IAM_POLICY = (128, "IAM, PutRolePolicy: PolicyName")
    INSTANCE_PROFILE = (128, "IAM, CreateInstanceProfile: InstanceProfileName")
    SECURITY_GROUP = (255, "EC2, CreateSecurityGroup: GroupName")
    AUTO_SCALING_GROUP = (255, "EC2 Auto Scaling, CreateAutoScalingGroup: AutoScalingGroupName")
    LOG_GROUP = (512, "CloudWatch Logs, CreateLogGroup: logGroupName")
    WEB_ACL = (128, "AWS WAF, CreateWebACL: Name")
    ALARM = (255, "CloudWatch, PutMetricAlarm: AlarmName")
    BUCKET = (63, "S3, bucket naming rules")
    ORIGIN_ACCESS_CONTROL = (64, "CloudFront, OriginAccessControlConfig: Name")
    LOG_DELIVERY = (60, "CloudWatch Logs, PutDeliverySource and PutDeliveryDestination: name")
    LAUNCH_TEMPLATE = (128, "EC2, CreateLaunchTemplate: LaunchTemplateName")
    DB_CLUSTER = (63, "Amazon RDS, CreateDBCluster: DBClusterIdentifier")
    CACHE_GROUP = (40, "Amazon ElastiCache, CreateReplicationGroup: ReplicationGroupId")
    CACHE_USER = (40, "Amazon ElastiCache, CreateUser: UserId")
    BACKUP_VAULT = (50, "AWS Backup, CreateBackupVault: BackupVaultName")
    BACKUP_NAME = (50, "AWS Backup, CreateRestoreTestingPlan: RestoreTestingPlanName")
    DOCKER_SERVICE = (63, "RFC 1035, label")

    def __init__(self, limit: int, source: str) -> None:
        self.limit = limit
        self.source = source


def component_name(path: str, name: str) -> str | None:
    """The problem with a component's name; None where there is none."""
    return unless(
        _NAME.fullmatch(name),
        f"{path}: must be lower-case letters, digits and single dashes, and begin with a letter, got {name!r}; "
        "it becomes a DNS name on every target",
    )


def auto_named(path: str, name: str, kind: Kind) -> str | None:
    """The problem with a logical name to which Pulumi appends a random suffix."""
    length = len(name) + RANDOM_SUFFIX
    return unless(
        length <= kind.limit,
        f"{path}: the name {name!r} and its suffix must be at most {kind.limit} characters, got {length}; "
        f"the limit is the cloud's ({kind.source}); shorten the component's name",
    )


def docker_name(component: str) -> str:
    """The name of a Docker service, network or volume: `<stack>-<component>`, the same at every run."""
    return f"{pulumi.get_stack()}-{component}"


def fixed(path: str, name: str, kind: Kind) -> str | None:
    """The problem with a name that is used as it is."""
    return unless(
        len(name) <= kind.limit,
        f"{path}: the name {name!r} must be at most {kind.limit} characters, got {len(name)}; "
        f"the limit is {kind.source}; shorten the stack's or the component's name",
    )
