"""The user's cache folder: what is in it is whole, whoever was killed while making it."""

import json
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from archkit.engine.process import terminable
from archkit.engine.progress import Progress

_MANIFEST = "manifest.json"
_TEMPORARY = ".making-"


def cache_root() -> Path:
    """The kit's cache folder: `ARCHKIT_CACHE`, or the platform's own place for a user's caches."""
    override = os.environ.get("ARCHKIT_CACHE")
    return Path(override).expanduser().absolute() if override else user_cache_path("archkit")


def engines_folder() -> Path:
    """Holds one folder for each version of the engine, and the lock."""
    return cache_root() / "engine"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What stands in a finished engine folder.

    Args:
        version: The engine's, as `3.259.0`.
        source: `installer` or `built`.
        digest: Of the sources it was built from; empty where it was downloaded.

    """

    version: str
    source: str
    digest: str = ""

    def write(self, folder: Path) -> None:
        (folder / _MANIFEST).write_text(json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, folder: Path) -> "Manifest | None":
        """None where the folder is none of ours, or not whole."""
        try:
            return cls(**json.loads((folder / _MANIFEST).read_text()))
        except (OSError, ValueError, TypeError):
            return None


@contextmanager
def locked(progress: Progress) -> Generator[None]:
    """One process at a time makes an engine; a second waits, and says so. Leftovers of killed ones are removed."""
    folder = engines_folder()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        with progress.step("waiting for another archkit that is making the engine"):
            lock.acquire()
    try:
        with terminable():
            for leftover in folder.glob(f"{_TEMPORARY}*"):
                shutil.rmtree(leftover, ignore_errors=True)
            yield
    finally:
        lock.release()


@contextmanager
def staged() -> Generator[Path]:
    """A temporary folder on the cache's own file system; removed at the end unless it was published."""
    folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=engines_folder()))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, manifest: Manifest) -> Path:
    """Moves a finished folder to its place in one step; an older one of the same version makes room."""
    manifest.write(folder)
    place = engines_folder() / manifest.version
    if place.exists():
        place.rename(Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=engines_folder())) / "replaced")
    folder.rename(place)
    for replaced in engines_folder().glob(f"{_TEMPORARY}*/replaced"):
        shutil.rmtree(replaced.parent, ignore_errors=True)
    return place
