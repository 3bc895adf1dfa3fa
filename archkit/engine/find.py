"""Looks for an engine that is there already."""

import os
import shutil
import subprocess
from pathlib import Path

from archkit.engine.build import built_version, sources_digest
from archkit.engine.cache import Manifest, engines_folder
from archkit.engine.model import MINIMUM_VERSION, Engine, Source, parsed

_LANGUAGE_HOST = "pulumi-language-python"


def find_engine() -> Engine | None:
    """The first usable engine: on PATH and new enough, else in the cache folder; None where there is none."""
    found, _ = on_path()
    return found or in_cache()


def on_path() -> tuple[Engine | None, str]:
    """The engine on PATH, or why it cannot be used."""
    executable = shutil.which("pulumi")
    if executable is None:
        return None, "no pulumi there"
    real = Path(executable).resolve()
    cached = _cached(real.parent.parent)
    if cached:
        return cached, ""
    version = _version(real)
    numbers = parsed(version)
    needed = ".".join(map(str, MINIMUM_VERSION))
    if numbers is None:
        return None, f"{executable} does not tell its version"
    if numbers < MINIMUM_VERSION:
        return None, f"{executable} is {version}; {needed} or newer is needed"
    if not (real.parent / _LANGUAGE_HOST).exists() and shutil.which(_LANGUAGE_HOST) is None:
        return None, f"{executable} comes without {_LANGUAGE_HOST}"
    root = real.parent.parent if real.parent.name == "bin" else real.parent
    return Engine(root=root, version=".".join(map(str, numbers)), source=Source.PATH), ""


def in_cache() -> Engine | None:
    """The newest whole engine in the cache folder; one built from other sources than today's does not count."""
    folder = engines_folder()
    if not folder.is_dir():
        return None
    found = [engine for place in folder.iterdir() if (engine := _cached(place))]
    return max(found, key=lambda engine: parsed(engine.version) or (), default=None)


def _cached(root: Path) -> Engine | None:
    if root.parent != engines_folder().resolve() and root.parent != engines_folder():
        return None
    manifest = Manifest.read(root)
    if manifest is None or not os.access(root / "bin" / "pulumi", os.X_OK):
        return None
    if manifest.source == Source.BUILT and manifest.version == built_version() and manifest.digest != sources_digest():
        return None
    return Engine(root=root, version=manifest.version, source=Source(manifest.source))


def _version(executable: Path) -> str:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    try:
        answer = subprocess.run(
            [executable, "version"], env=environment, capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
