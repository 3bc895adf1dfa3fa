"""Amazon SQS, and CloudWatch Logs: what services write to."""

from __future__ import annotations

from collections.abc import Iterator

from archkit.graph import Graph
from archkit.policies.model import Problem, policy
from archkit.policies.read import number


@policy(
    "aws-sqs-encryption",
    title="Queues are encrypted",
    source="Amazon SQS Developer Guide, Encryption at rest",
)
def queue_encryption(graph: Graph) -> Iterator[Problem]:
    for queue in graph.of_type("aws:sqs/queue:Queue"):
        # Left out it is on: SQS encrypts new queues with its own key.
        if queue.inputs.get("sqsManagedSseEnabled") is False and not queue.inputs.get("kmsMasterKeyId"):
            yield Problem(
                resource=queue,
                reason="sqsManagedSseEnabled: is off and there is no kmsMasterKeyId",
                remedy="leave it out, or name a key",
            )


@policy(
    "aws-logs-retention",
    title="Log groups have a retention",
    source="Amazon CloudWatch Logs User Guide, Change log data retention",
)
def log_retention(graph: Graph) -> Iterator[Problem]:
    for group in graph.of_type("aws:cloudwatch/logGroup:LogGroup"):
        stated = group.inputs.get("retentionInDays")
        if stated is None or number(stated) == 0:
            yield Problem(
                resource=group,
                reason="retentionInDays: must be given, without it logs are kept and paid for ever",
                remedy="set retention_in_days",
            )
