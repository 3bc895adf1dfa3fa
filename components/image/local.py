"""The image, built on this machine from an application's folder."""

import pulumi
import pulumi_docker as docker

from components.errors import refuse, unless
from components.image.contract import Image, ImageArgs
from components.images import APPS, build_application, started_with
from components.settings import LocalSettings


class LocalImage(Image):
    """`archkit/<app>:<hash of its content>`: built when that tag is missing, or ready under the name given."""

    def __init__(
        self, name: str, args: ImageArgs, *, settings: LocalSettings, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        ready = settings.images.get(args.app)
        refuse([None if ready else _unbuildable(name, args.app)])
        super().__init__("archkit:local:Image", name, None, opts)
        self.built = None if ready else self._built(args.app, settings)
        self._reference = self.built.name if self.built else pulumi.Output.from_input(str(ready))
        # The picture tells from it what runs: the engine reads no Dockerfile.
        starts = {} if ready else {"starts": started_with(args.app)}
        self.register_outputs({"capability": "image", "links": [], "reference": self.reference, **starts})

    @property
    def reference(self) -> pulumi.Output[str]:
        return self._reference

    def _built(self, app: str, settings: LocalSettings) -> docker.RemoteImage:
        return build_application(self.part("build"), app, settings, parent=self)


def _unbuildable(name: str, app: str) -> str | None:
    known = sorted(folder.parent.name for folder in APPS.glob("*/Dockerfile"))
    return unless(
        app in known,
        f"image/{name}/app: must be a folder below stacks/apps with a Dockerfile, got {app!r}; known are "
        f"{', '.join(known)}; or name a ready image under archkit:local, images",
    )
