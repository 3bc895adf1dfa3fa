"""Purging CloudFront, against the service's own model of its calls."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from archkit.errors import UserError
from archkit.purge.aws import batch, distributions, invalidate
from archkit.purge.request import Purge

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def cloudfront() -> Any:
    return boto3.client("cloudfront", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")


def answer(status: str, asked: list[str]) -> dict[str, Any]:
    paths = {"Quantity": len(asked), "Items": asked}
    invalidation = {"Id": "I1", "Status": status, "CreateTime": NOW}
    return {"Invalidation": {**invalidation, "InvalidationBatch": {"Paths": paths, "CallerReference": "once"}}}


def stubbed(asked: list[str], *statuses: str) -> tuple[Any, Stubber]:
    client = cloudfront()
    stub = Stubber(client)
    paths = {"Paths": {"Quantity": len(asked), "Items": asked}, "CallerReference": ANY}
    stub.add_response(
        "create_invalidation", answer(statuses[0], asked), {"DistributionId": "E1", "InvalidationBatch": paths}
    )
    for status in statuses[1:]:
        stub.add_response("get_invalidation", answer(status, asked), {"DistributionId": "E1", "Id": "I1"})
    stub.activate()
    return client, stub


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("/news/today", ["/news/today", "/news/today?*"]), ("/news/*", ["/news/*"]), ("product:7", ["#product:7"])],
)
def test_a_path_goes_with_all_its_query_strings_and_a_tag_by_its_mark(typed: str, asked: list[str]) -> None:
    assert batch(Purge.parse(typed)) == asked


def test_it_is_followed_until_every_location_has_done_it() -> None:
    client, stub = stubbed(["#news"], "InProgress", "InProgress", "Completed")
    slept: list[float] = []

    done = invalidate(client, "edge", "E1", Purge(tag="news"), sleep=slept.append)

    assert (done.component, done.place, done.state) == ("edge", "E1 I1", "purged")
    assert len(slept) == 2
    stub.assert_no_pending_responses()


def test_what_takes_too_long_is_an_error_that_names_the_invalidation() -> None:
    client, _ = stubbed(["/*"], *["InProgress"] * 200)

    with pytest.raises(UserError, match=r"cdn/edge: must be purged within 900 s, got InProgress for invalidation I1"):
        invalidate(client, "edge", "E1", Purge(path="/*"), sleep=lambda _: None)


def test_distributions_are_found_by_their_component() -> None:
    parent = "urn:pulumi:web-aws::archkit::archkit:aws:Cdn::edge"
    kind = "aws:cloudfront/distribution:Distribution"
    resources = [
        {"type": kind, "id": "E1", "parent": parent},
        {"type": "aws:s3/bucket:Bucket", "id": "files", "parent": parent},
        {"type": kind, "id": "", "parent": parent.replace("edge", "pending")},
    ]

    assert distributions({"resources": resources}) == {"edge": "E1"}
