"""Database, cache and backup on AWS, in one program: who feeds whom."""

import pytest

from archkit.graph import Graph
from archkit.policies import check
from archkit.recorder import record
from components.backup import BackupArgs
from components.cache import CacheArgs
from components.database import DatabaseArgs
from components.network import NetworkArgs
from components.settings import AwsSettings
from components.targets.aws import AwsTarget


@pytest.fixture(scope="module")
def graph() -> Graph:
    def program() -> None:
        target = AwsTarget(AwsSettings())
        network = target.network("network", NetworkArgs())
        orders = target.database("orders", DatabaseArgs(), network=network)
        target.cache("sessions", CacheArgs(), network=network)
        target.backup("vault", BackupArgs(), network=network, databases=[orders])

    return record(program)


def test_it_keeps_every_policy(graph: Graph) -> None:
    assert [str(finding) for finding in check(graph)] == []


def test_the_database_is_encrypted_keeps_no_password_and_demands_tls(graph: Graph) -> None:
    (cluster,) = graph.of_type("aws:rds/cluster:Cluster")
    assert cluster.inputs["storageEncrypted"] is True
    assert cluster.inputs["manageMasterUserPassword"] is True
    assert "masterPassword" not in cluster.inputs, "a password in the inputs would be a password in the state"
    (parameters,) = graph.of_type("aws:rds/clusterParameterGroup:ClusterParameterGroup")
    forced = {one["name"]: one["value"] for one in parameters.inputs["parameters"]}
    assert forced["rds.force_ssl"] == "1"
    assert parameters.urn in cluster.reads["dbClusterParameterGroupName"]


def test_every_instance_belongs_to_the_cluster_and_stands_in_another_zone(graph: Graph) -> None:
    (cluster,) = graph.of_type("aws:rds/cluster:Cluster")
    instances = graph.of_type("aws:rds/clusterInstance:ClusterInstance")
    assert len(instances) >= 2, "a replicated database has a replica"
    assert all(cluster.urn in instance.reads["clusterIdentifier"] for instance in instances)
    zones = [instance.inputs["availabilityZone"] for instance in instances]
    assert len(set(zones)) == len(zones)


def test_the_cache_fails_over_and_speaks_tls_only_with_users(graph: Graph) -> None:
    (group,) = graph.of_type("aws:elasticache/replicationGroup:ReplicationGroup")
    assert group.inputs["automaticFailoverEnabled"] is True
    assert group.inputs["multiAzEnabled"] is True
    assert group.inputs["transitEncryptionEnabled"] is True
    (users,) = graph.of_type("aws:elasticache/userGroup:UserGroup")
    assert users.urn in group.reads["userGroupIds"]


def test_the_backup_selects_this_database_and_copies_to_another_region(graph: Graph) -> None:
    (cluster,) = graph.of_type("aws:rds/cluster:Cluster")
    selections = graph.of_type("aws:backup/selection:Selection")
    assert any(cluster.urn in urns for one in selections for urns in one.reads.values())
    vaults = graph.of_type("aws:backup/vault:Vault")
    assert len({vault.inputs.get("region") for vault in vaults}) == 2, "the offsite vault is in another region"
