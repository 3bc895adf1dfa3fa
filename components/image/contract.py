"""What every image promises, whichever target provides it."""

from abc import abstractmethod
from dataclasses import dataclass

import pulumi

from components.connect import Component
from components.errors import refuse
from components.naming import component_name


@dataclass(frozen=True, kw_only=True)
class ImageArgs:
    """A container image of one of the design's applications.

    Args:
        app: Folder below `stacks/apps/`. Local builds it; on aws `archkit:aws` names its copy in a registry.

    Raises:
        InvalidArgsError: The name is no folder name.

    """

    app: str

    def __post_init__(self) -> None:
        refuse([component_name("image/app", self.app)])


class Image(Component):
    """A container image; `ImageArgs` says which."""

    @property
    @abstractmethod
    def reference(self) -> pulumi.Output[str]:
        """What a container runtime pulls or finds: `repository:tag` or `repository@digest`."""
