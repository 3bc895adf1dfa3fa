"""PostgreSQL's parameters, as RDS takes them."""

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.connect import Component
from components.database.contract import DatabaseArgs

FAMILY = "aurora-postgresql"
# Whatever the design says: no connection without TLS, and no password but scram's.
ALWAYS = {"rds.force_ssl": "1", "rds.accepted_password_auth_method": "scram"}
# PostgreSQL 17, pg_settings.context = 'postmaster': these take effect at a restart, and RDS refuses them `immediate`.
STATIC = frozenset(
    {
        *("autovacuum_freeze_max_age", "autovacuum_max_workers", "autovacuum_multixact_freeze_max_age", "huge_pages"),
        *("commit_timestamp_buffers", "multixact_member_buffers", "multixact_offset_buffers", "notify_buffers"),
        *("max_notify_queue_pages", "serializable_buffers", "subtransaction_buffers", "transaction_buffers"),
        *("max_connections", "max_files_per_process", "max_locks_per_transaction", "max_logical_replication_workers"),
        *("max_pred_locks_per_transaction", "max_prepared_transactions", "max_replication_slots", "max_wal_senders"),
        *("max_worker_processes", "pg_stat_statements.max", "rds.logical_replication", "reserved_connections"),
        *("shared_buffers", "shared_preload_libraries", "superuser_reserved_connections", "track_activity_query_size"),
        *("track_commit_timestamp", "wal_buffers", "wal_level"),
    }
)
_BOOLEANS = {"on": "1", "true": "1", "yes": "1", "off": "0", "false": "0", "no": "0"}  # RDS takes digits only


def cluster_parameters(database: Component, args: DatabaseArgs) -> aws.rds.ClusterParameterGroup:
    """Makes the parameter group of the cluster, of its version's family."""
    values = {**{name: _BOOLEANS.get(value, value) for name, value in args.effective_parameters.items()}, **ALWAYS}
    return aws.rds.ClusterParameterGroup(
        database.part("parameters"),
        family=f"{FAMILY}{args.version}",
        description=f"{pulumi.get_stack()} {database.component_name}",
        parameters=[
            aws.rds.ClusterParameterGroupParameterArgs(
                name=name, value=value, apply_method="pending-reboot" if name in STATIC else "immediate"
            )
            for name, value in sorted(values.items())
        ],
        tags=tags(database, "parameters"),
        opts=pulumi.ResourceOptions(parent=database),
    )
