"""What an engine is to the rest of the kit."""

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.automation import PulumiCommand

# The oldest engine that the kit's tests ran with.
MINIMUM_VERSION = (3, 259, 0)


class Source(StrEnum):
    """Where an engine came from: the user's PATH, Pulumi's own installer, or a build from `tools/engine`."""

    PATH = "path"
    INSTALLER = "installer"
    BUILT = "built"


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A usable engine.

    Args:
        root: The installation; holds `bin/pulumi`, or `pulumi` itself.
        version: As `3.259.0`.
        source: Where it came from.

    """

    root: Path
    version: str
    source: Source

    @property
    def binaries(self) -> Path:
        """The folder that holds `pulumi` and its language hosts."""
        inner = self.root / "bin"
        return inner if (inner / "pulumi").exists() else self.root

    @property
    def executable(self) -> Path:
        return self.binaries / "pulumi"

    def environment(self) -> dict[str, str]:
        """The variables that a process needs so that it and its children use this engine, to be laid over its own."""
        path = os.environ.get("PATH", os.defpath)
        return {
            "PATH": os.pathsep.join([os.fspath(self.binaries), path]),
            "PULUMI_SKIP_UPDATE_CHECK": "1",  # asks the network at each run, and waits for it
            "ARCHKIT_PYTHON": sys.executable,  # for the language host, where the project has no environment of its own
        }

    def command(self) -> "PulumiCommand":
        """The engine for Pulumi's Automation API: `LocalWorkspaceOptions(pulumi_command=engine.command())`."""
        from pulumi.automation import PulumiCommand  # noqa: PLC0415  half a second, which most commands can spare

        if self.binaries == self.root:
            return PulumiCommand()  # found by PATH, outside a folder of the shape that the Automation API expects
        return PulumiCommand(root=os.fspath(self.root))


def parsed(version: str) -> tuple[int, ...] | None:
    """`v3.259.0-beta.1` as `(3, 259, 0)`; None where it is no version."""
    numbers = version.strip().removeprefix("v").split("-")[0].split("+")[0].split(".")
    return tuple(int(n) for n in numbers) if len(numbers) == 3 and all(n.isdigit() for n in numbers) else None
