"""The image in a registry, by digest."""

import re
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsPullable
from components.aws.partition import partition
from components.errors import refuse, unless
from components.image.contract import Image, ImageArgs
from components.naming import component_name
from components.settings import AwsSettings

_PRIVATE_ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[\w-]+)\.amazonaws\.com(\.cn)?")


@dataclass(frozen=True, kw_only=True)
class ImageReference:
    """The parts of `<registry>/<repository>@<digest>` or `:<tag>`; one of the last two is empty.

    Args:
        registry: Host, with a port where it has one.
        repository: Path in the registry.
        tag: Moves; empty where there is a digest.
        digest: `sha256:...`; says what the image is.

    """

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @classmethod
    def of(cls, text: str) -> "ImageReference":
        """The parts of a reference that `AwsSettings` has accepted."""
        name, _, digest = text.partition("@")
        registry, _, path = name.partition("/")
        repository, _, tag = path.partition(":")
        return cls(registry=registry, repository=repository, tag="" if digest else tag, digest=digest)

    def __str__(self) -> str:
        return f"{self.registry}/{self.repository}{f'@{self.digest}' if self.digest else f':{self.tag}'}"

    @property
    def repository_arn(self) -> str | None:
        """The repository in Amazon ECR; None for any other registry."""
        found = _PRIVATE_ECR.fullmatch(self.registry)
        if not found:
            return None
        region = found["region"]
        return f"arn:{partition(region).name}:ecr:{region}:{found['account']}:repository/{self.repository}"


class AwsImage(Image, AwsPullable):
    """The image that `archkit:aws` names for an application; a tag of Amazon ECR becomes its digest at each run.

    A tag can change while a group runs, and then one instance differs from the next. In `dev`, where a tag is
    accepted, what it stands for now is looked up, so that a new push is a new launch template and rolls out.
    """

    def __init__(
        self, name: str, args: ImageArgs, *, settings: AwsSettings, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        refuse(_problems(name, args, settings))
        super().__init__("archkit:aws:Image", name, None, opts)
        self._given = ImageReference.of(settings.images[args.app])
        self._reference = self._with_digest()
        self.register_outputs({"capability": "image", "links": [], "reference": self.reference})

    @property
    def reference(self) -> pulumi.Output[str]:
        return pulumi.Output.from_input(str(self._reference))

    @property
    def registry(self) -> str:
        return self._given.registry

    @property
    def repository_arn(self) -> str | None:
        return self._given.repository_arn

    def _with_digest(self) -> ImageReference:
        given = self._given
        if given.digest or given.repository_arn is None:
            return given
        _, _, _, region, account, _ = given.repository_arn.split(":")
        found = aws.ecr.get_image(
            registry_id=account,
            repository_name=given.repository,
            image_tag=given.tag,
            region=region,
            opts=pulumi.InvokeOptions(parent=self),
        )
        return ImageReference(registry=given.registry, repository=given.repository, digest=found.image_digest)


def _problems(name: str, args: ImageArgs, settings: AwsSettings) -> list[str | None]:
    return [
        component_name(f"image/{name}", name),
        unless(
            args.app in settings.images,
            f"aws/images/{args.app}: must be <registry>/<repository>@sha256:<digest>, got nothing; "
            f"push the image of stacks/apps/{args.app} to a registry and set archkit:aws/images/{args.app}",
        ),
    ]
