"""Storage on S3: private, versioned, logged, and copied where asked for."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from archkit.graph import Graph
from archkit.policies import check
from archkit.recorder import record
from components.errors import InvalidArgsError
from components.network import NetworkArgs
from components.profile import Profile
from components.settings import AwsSettings
from components.storage import StorageArgs, files
from components.targets.aws import AwsTarget

SETTINGS = AwsSettings()
COPIED = replace(SETTINGS, storage_replica_region="eu-west-1")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "web" / "static").mkdir(parents=True)
    (tmp_path / "web" / "static" / "app.3f9a1c2b.css").write_text("body {}")
    (tmp_path / "web" / "static" / "robots.txt").write_text("User-agent: *")
    monkeypatch.setattr(files, "APPS", tmp_path)


def deployed(settings: AwsSettings = SETTINGS, folder: str = "web/static") -> Graph:
    def program() -> None:
        target = AwsTarget(settings)
        network = target.network("network", NetworkArgs())
        target.storage("assets", StorageArgs(folder=folder), network=network)

    return record(program, stack="web-aws")


def test_each_file_lies_under_the_prefix_with_its_type_and_age() -> None:
    css, text = deployed().of_type("aws:s3/bucketObjectv2:BucketObjectv2")

    assert css.inputs["key"] == "static/app.3f9a1c2b.css"
    assert css.inputs["contentType"] == "text/css; charset=utf-8"
    assert css.inputs["cacheControl"] == "public, max-age=31536000, immutable"
    assert text.inputs["cacheControl"] == "public, max-age=300"
    assert len(css.inputs["sourceHash"]) == 64, "a changed file must be uploaded again"


def test_the_bucket_is_private_encrypted_and_versioned() -> None:
    graph = deployed()

    block = graph.named("assets-files-private").inputs
    assert all(block[key] for key in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls"))
    assert block["restrictPublicBuckets"] is True
    assert graph.named("assets-files-ownership").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert graph.named("assets-files-versioning").inputs["versioningConfiguration"] == {"status": "Enabled"}
    (rule,) = graph.named("assets-files-lifecycle").inputs["rules"]
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 90}
    assert "expiration" not in rule, "what is served must not expire"
    assert [one for one in check(graph) if "assets" in one.resource] == []


def test_what_is_read_is_logged_once_the_log_may_be_written() -> None:
    graph = deployed()

    logging = graph.named("assets-logging")
    assert graph.named("assets-access-logs-policy").urn in logging.options["dependsOn"]
    statements = json.loads(graph.named("assets-access-logs-policy").inputs["policy"])["Statement"]
    assert {"Service": "logging.s3.amazonaws.com"} in [one["Principal"] for one in statements]


def test_a_copy_is_made_in_the_region_that_was_asked_for_before_any_file() -> None:
    graph = deployed(COPIED)

    copy = [one for one in graph.resources if f"{one.name}-".startswith("assets-replica-")]
    assert {one.inputs["region"] for one in copy} == {"eu-west-1"}
    rules = graph.named("assets-replication-rules")
    waits = set(rules.options["dependsOn"])
    assert {graph.named("assets-files-versioning").urn, graph.named("assets-replica-versioning").urn} <= waits
    for one in graph.of_type("aws:s3/bucketObjectv2:BucketObjectv2"):
        assert rules.urn in one.options["dependsOn"], "what is there before is not copied"
    statements = json.loads(graph.named("assets-replication-policy").inputs["policy"])["Statement"]
    assert all("*" not in str(one["Action"]) for one in statements)


def test_without_being_asked_there_is_no_copy() -> None:
    assert not deployed().of_type("aws:s3/bucketReplicationConfig:BucketReplicationConfig")


@pytest.mark.parametrize(("profile", "removable"), [(Profile.DEV, True), (Profile.PROD, False)])
def test_only_outside_of_production_the_bucket_goes_with_its_content(profile: Profile, removable: bool) -> None:
    graph = deployed(replace(COPIED, profile=profile))

    assert graph.named("assets-files").inputs.get("forceDestroy", False) is removable
    assert graph.named("assets-replica").inputs.get("forceDestroy", False) is removable


def test_a_folder_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        deployed(folder="web/nothing")

    assert refused.value.problems == (
        "storage/assets/folder: must be a folder with files below stacks/apps, got 'web/nothing'; "
        "nothing would be served",
    )


def test_settings_of_the_edge_are_checked_at_once() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        AwsSettings(
            cdn_countries=("Germany",),
            cdn_alarm_topic_arn="arn:aws:sns:eu-central-1:123456789012:pager",
            storage_replica_region="eu-central-1",
        )

    assert refused.value.problems == (
        "aws/cdn_countries: must be codes of two capital letters (ISO 3166-1), got 'Germany'; such as 'DE'",
        "aws/cdn_alarm_topic_arn: must be an SNS topic's ARN in us-east-1, got "
        "'arn:aws:sns:eu-central-1:123456789012:pager'; "
        "CloudFront's figures are there, and an alarm tells its own region's topics only",
        "aws/storage_replica_region: must be the code of another region than eu-central-1, got 'eu-central-1'; "
        "a copy in the same one is lost with it",
    )
