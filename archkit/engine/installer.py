"""Pulumi's own installer, through the Automation API; bounded in time, since a closed network may just be silent."""

import os
import socket
import sys
from pathlib import Path

from archkit.engine.cache import Manifest, publish, staged
from archkit.engine.model import Engine, Source
from archkit.engine.process import ProcessError, run
from archkit.engine.progress import Progress

# The script is a few kilobytes; the engine behind it about 150 MB.
_CONNECT_TIMEOUT_SECONDS = 10.0
_INSTALL_TIMEOUT_SECONDS = 300.0


def install_engine(progress: Progress) -> Engine:
    """Downloads the engine that belongs to the SDK into the cache folder.

    Raises:
        ProcessError: It cannot be reached, or did not arrive in 5 minutes.

    """
    with staged() as folder, progress.step("downloading the engine with Pulumi's installer") as step:
        command = [sys.executable, "-m", __name__, folder]
        version = run(command, timeout_seconds=_INSTALL_TIMEOUT_SECONDS, on_tick=step.update).splitlines()[-1]
        if not (folder / "bin" / "pulumi").exists():
            raise ProcessError("the installer left no engine behind")
        root = publish(folder, Manifest(version=version, source=Source.INSTALLER))
    return Engine(root=root, version=version, source=Source.INSTALLER)


def main(root: str) -> None:
    """Runs in a process of its own, so that it can be given up as a whole."""
    from pulumi.automation import PulumiCommand  # noqa: PLC0415  half a second, in this process only

    socket.setdefaulttimeout(_CONNECT_TIMEOUT_SECONDS)
    try:
        command = PulumiCommand.install(root=root)
    except OSError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{command.version}\n")


if __name__ == "__main__":
    main(os.fspath(Path(sys.argv[1])))
