"""Purges CloudFront: an invalidation of paths or tags, followed until every edge location has done it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from archkit.errors import UserError
from archkit.plain import items, mapping, text
from archkit.purge.request import Purge, Purged
from archkit.stack.project import Project
from archkit.stack.workspace import open_stack

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
PERIOD_SECONDS = 5.0
PATIENCE_SECONDS = 900.0
# CloudFront API reference, data type Invalidation, Status.
DONE = "Completed"


class CloudFront(Protocol):
    """The two calls of CloudFront that are needed."""

    def create_invalidation(self, *, DistributionId: str, InvalidationBatch: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N803
        """As in the API reference."""
        ...

    def get_invalidation(self, *, DistributionId: str, Id: str) -> Mapping[str, Any]:  # noqa: N803
        """As in the API reference."""
        ...


def purge(project: Project, stack: str, config: dict[str, Any], wanted: Purge) -> list[Purged]:
    """Removes it from every distribution of a stack, and waits until it is gone.

    Raises:
        UserError: The stack has no distribution, AWS refuses, or it takes longer than 15 minutes.

    """
    import boto3  # noqa: PLC0415 - half a second that only this needs
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    found = distributions(open_stack(project, stack).stack.export_stack().deployment)
    if not found:
        message = f"stack: {stack!r} must have a CDN, got none in its state; run `archkit up {stack}` first"
        raise UserError(message)
    # CloudFront is one for all regions; an SDK wants some region nevertheless.
    region = text(config.get("aws:region")) or "us-east-1"
    client = cast("CloudFront", boto3.client("cloudfront", region_name=region))
    try:
        return [invalidate(client, component, id_, wanted) for component, id_ in found.items()]
    except (BotoCoreError, ClientError) as error:
        message = f"purge: CloudFront must take it, got: {error}; nothing says that it is gone"
        raise UserError(message) from error


def distributions(deployment: object) -> dict[str, str]:
    """By component, the id of its distribution in a stack's state."""
    found: dict[str, str] = {}
    for resource in items(mapping(deployment).get("resources")):
        if resource.get("type") == DISTRIBUTION and resource.get("id"):
            component = text(resource.get("parent")).rpartition("::")[2]
            found[component] = text(resource["id"])
    return found


def batch(wanted: Purge) -> list[str]:
    """What CloudFront is told: a tag begins with `#`; a path needs its query strings named, or only one answer goes.

    Source: CloudFront guide, "What you need to know when invalidating files" and "... when invalidating tags".
    """
    if wanted.tag:
        return [f"#{wanted.tag}"]
    return [wanted.path] if wanted.path.endswith("*") else [wanted.path, f"{wanted.path}?*"]


def invalidate(
    client: CloudFront, component: str, distribution: str, wanted: Purge, *, sleep: Callable[[float], None] = time.sleep
) -> Purged:
    """Asks for the invalidation and follows it to its end.

    Args:
        client: Amazon CloudFront.
        component: The CDN.
        distribution: Its distribution's id.
        wanted: What is to go.
        sleep: Waits between two looks, in seconds.

    Raises:
        UserError: It is not through after 15 minutes.

    """
    asked = batch(wanted)
    made = client.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={"Paths": {"Quantity": len(asked), "Items": asked}, "CallerReference": str(uuid.uuid4())},
    )
    looked = mapping(made["Invalidation"])
    id_, waited = text(looked["Id"]), 0.0
    while looked["Status"] != DONE:
        if waited >= PATIENCE_SECONDS:
            message = (
                f"cdn/{component}: must be purged within {PATIENCE_SECONDS:g} s, got {looked['Status']} for "
                f"invalidation {id_} of {distribution}; CloudFront goes on, look there before asking again"
            )
            raise UserError(message)
        sleep(PERIOD_SECONDS)
        waited += PERIOD_SECONDS
        looked = mapping(client.get_invalidation(DistributionId=distribution, Id=id_)["Invalidation"])
    return Purged(component=component, place=f"{distribution} {id_}", state="purged")
