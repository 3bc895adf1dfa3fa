"""The image on AWS: a reference, by digest."""

import pytest

from archkit.graph import Graph
from archkit.recorder import record
from components.errors import InvalidArgsError
from components.image import ImageArgs
from components.image.aws import AwsImage, ImageReference
from components.settings import AwsSettings

ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
DIGEST = "sha256:" + "a" * 64
PUSHED = "sha256:" + "b" * 64


def image(reference: str) -> Graph:
    settings = AwsSettings(images={"web": reference})
    answer = {"aws:ecr/getImage:getImage": {"imageDigest": PUSHED}}
    return record(lambda: AwsImage("image", ImageArgs(app="web"), settings=settings), functions=answer)


def test_a_digest_is_passed_on_as_it_is() -> None:
    assert image(f"{ECR}/team/web@{DIGEST}").named("image").outputs["reference"] == f"{ECR}/team/web@{DIGEST}"


def test_a_tag_of_ecr_becomes_the_digest_that_it_stands_for_now() -> None:
    made = image(f"{ECR}/web:latest").named("image").outputs["reference"]

    assert made == f"{ECR}/web@{PUSHED}", "with a tag, a new push would change no launch template and reach nobody"


def test_a_tag_of_another_registry_stays() -> None:
    assert image("ghcr.io/team/web:1").named("image").outputs["reference"] == "ghcr.io/team/web:1"


@pytest.mark.parametrize(
    ("registry", "arn"),
    [
        (ECR, "arn:aws:ecr:eu-central-1:123456789012:repository/team/web"),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
            "arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/web",
        ),
        ("public.ecr.aws", None),
        ("localhost:5000", None),
    ],
)
def test_only_a_private_repository_of_ecr_needs_a_permission(registry: str, arn: str | None) -> None:
    assert ImageReference.of(f"{registry}/team/web:1").repository_arn == arn


def test_an_application_without_an_image_is_refused_with_the_remedy() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        AwsImage("image", ImageArgs(app="web"), settings=AwsSettings())

    assert refused.value.problems == (
        "aws/images/web: must be <registry>/<repository>@sha256:<digest>, got nothing; "
        "push the image of stacks/apps/web to a registry and set archkit:aws/images/web",
    )
