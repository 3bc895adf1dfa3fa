"""Migrations on AWS: what runs, as whom, when, and what is refused."""

import json

import pytest

from archkit.graph import Graph
from archkit.policies import check
from archkit.recorder import record
from components.database import DatabaseArgs
from components.errors import InvalidArgsError
from components.image import ImageArgs
from components.migration import MigrationArgs
from components.network import NetworkArgs
from components.settings import AwsSettings
from components.targets.aws import AwsTarget

DIGEST = f"sha256:{'a' * 64}"
ECR = f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/api@{DIGEST}"


def deployed(image: str = ECR, **args: object) -> Graph:
    def program() -> None:
        target = AwsTarget(AwsSettings(images={"api": image}))
        network = target.network("network", NetworkArgs())
        made = target.image("image", ImageArgs(app="api"))
        database = target.database("orders", DatabaseArgs(), network=network)
        target.migration("schema", MigrationArgs(**args), network=network, image=made, database=database)

    return record(program)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return deployed()


def test_it_keeps_every_policy(graph: Graph) -> None:
    assert [str(finding) for finding in check(graph)] == []


def test_the_function_is_the_application_s_own_image_behind_lambda_s_interface(graph: Graph) -> None:
    function = graph.named("schema-function").inputs
    assert function["packageType"] == "Image"
    assert function["imageUri"] == ECR
    assert function["imageConfig"]["commands"] == ["python3", "-m", "appkit.lambda_runtime", *MigrationArgs().command]
    assert function["timeout"] == 300


def test_it_is_invoked_again_for_another_image_only(graph: Graph) -> None:
    triggers = graph.named("schema-invocation").inputs["triggers"]
    assert triggers["image"] == ECR
    assert set(triggers) == {"image", "database"}


def test_it_goes_past_the_pool_as_the_master_whose_password_is_nowhere(graph: Graph) -> None:
    variables = graph.named("schema-function").inputs["environment"]["variables"]
    cluster = graph.named("orders-cluster")
    reads = {one.urn for one in graph.named("schema-function").references if "MIGRATION_HOST" in one.path}
    assert reads == {cluster.urn}, "a session's lock does not survive a pool"
    assert "MIGRATION_SECRET_ARN" in variables
    assert not any("PASSWORD" in name for name in variables)
    statements = json.loads(graph.named("schema-permissions").inputs["policy"])["Statement"]
    (reading,) = [one for one in statements if one["Action"] == "secretsmanager:GetSecretValue"]
    assert reading["Resource"] != "*"


def test_the_database_lets_it_in_and_nobody_lets_it_anywhere_else(graph: Graph) -> None:
    into = graph.named("schema-into-orders").inputs
    assert into["fromPort"] == into["toPort"] == 5432
    out = [
        one for one in graph.of_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule") if "schema" in one.name
    ]
    assert {one.inputs["fromPort"] for one in out} == {443, 5432}


@pytest.mark.parametrize(
    ("image", "got"),
    [
        (f"ghcr.io/team/api@{DIGEST}", "one of ghcr.io"),
        (f"123456789012.dkr.ecr.us-east-1.amazonaws.com/api@{DIGEST}", "one in us-east-1"),
    ],
)
def test_an_image_that_lambda_cannot_pull_is_refused(image: str, got: str) -> None:
    with pytest.raises(InvalidArgsError) as caught:
        deployed(image)

    (problem,) = caught.value.problems
    assert problem.startswith("migration/schema: must run an image of Amazon ECR in eu-central-1, got ")
    assert got in problem


def test_every_field_out_of_range_is_told_at_once() -> None:
    with pytest.raises(InvalidArgsError) as caught:
        MigrationArgs(command=(), timeout_seconds=901)

    command, seconds = caught.value.problems
    assert command.startswith("migration/command: must be a program and its arguments, got []")
    assert seconds.startswith("migration/timeout_seconds: must be 1 to 900, got 901")
