"""What AWS refuses, or accepts and then fails on."""

import pulumi

from components.access.aws import AwsPullable
from components.errors import unless
from components.naming import component_name
from components.settings import AwsSettings

MAX_NAME = 64  # AWS Lambda API Reference, CreateFunction, FunctionName


def problems(name: str, image: AwsPullable, settings: AwsSettings) -> list[str | None]:
    """Everything wrong with a migration on AWS; None where something is right."""
    function = f"{pulumi.get_stack()}-{name}"
    arn = image.repository_arn
    region = arn.split(":")[3] if arn else None
    return [
        component_name(f"migration/{name}", name),
        unless(
            len(function) <= MAX_NAME,
            f"migration/{name}: must be at most {MAX_NAME} characters with its stack, got {function!r}; "
            "a function of AWS Lambda has no longer name",
        ),
        unless(
            region == settings.region,
            f"migration/{name}: must run an image of Amazon ECR in {settings.region}, "
            f"got {f'one in {region}' if region else f'one of {image.registry}'}; AWS Lambda pulls from nowhere else",
        ),
    ]
