"""Which requests and connections came: the load balancer's logs."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.aws.log_bucket import LogBucket, log_bucket
from components.connect import Component
from components.settings import AwsSettings

ROLE = "logs"
REQUESTS, CONNECTIONS = "requests", "connections"


def logs(balancer: Component, settings: AwsSettings) -> LogBucket:
    """Makes the bucket for both logs; the load balancer tries to write at once, so it depends on the policy."""
    return log_bucket(balancer, ROLE, settings=settings, allow=_delivery)


def _delivery(arn: str, account: str) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "Sid": "Write",
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": [f"{arn}/{prefix}/AWSLogs/{account}/*" for prefix in (REQUESTS, CONNECTIONS)],
        }
    ]
