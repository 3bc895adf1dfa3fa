"""What a person should look at: readers that lag, connections, temporary space and processors that run out."""

from collections.abc import Sequence

import pulumi_aws as aws

from components.aws.alarm import Threshold, alarm
from components.connect import Component
from components.database.aws.sizes import InstanceClass
from components.settings import AwsSettings

NAMESPACE = "AWS/RDS"
LAG_MILLISECONDS = 1_000  # usually far below 100; Aurora's storage is shared
CPU_PERCENT = 80
CONNECTIONS_SHARE = 0.8
LOCAL_STORAGE_BYTES = 2 * 2**30  # for sorts and logs; Aurora has no FreeStorageSpace, its storage grows by itself


def alarms(
    database: Component,
    cluster: aws.rds.Cluster,
    members: Sequence[aws.rds.ClusterInstance],
    machine: InstanceClass,
    settings: AwsSettings,
) -> None:
    """Makes an alarm for the readers' lag, and three for each member."""
    readers = {"DBClusterIdentifier": cluster.cluster_identifier, "Role": "READER"}
    lag = Threshold(namespace=NAMESPACE, metric="AuroraReplicaLag", value=LAG_MILLISECONDS, statistic="Maximum")
    alarm(database, "lag", lag, readers, settings=settings)
    connections = machine.connections * CONNECTIONS_SHARE
    thresholds = {
        "connections": Threshold(
            namespace=NAMESPACE, metric="DatabaseConnections", value=connections, statistic="Maximum"
        ),
        "local-storage": Threshold(
            namespace=NAMESPACE, metric="FreeLocalStorage", value=LOCAL_STORAGE_BYTES, below=True, statistic="Minimum"
        ),
        "cpu": Threshold(namespace=NAMESPACE, metric="CPUUtilization", value=CPU_PERCENT, periods=15),
    }
    for number, member in enumerate(members, start=1):
        for role, threshold in thresholds.items():
            of = {"DBInstanceIdentifier": member.identifier}
            alarm(database, f"member-{number}-{role}", threshold, of, settings=settings)
