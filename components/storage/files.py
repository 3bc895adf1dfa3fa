"""The files of a storage: what is there, what it is, and how long it may be kept."""

import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from components.errors import unless
from components.storage.contract import MAX_AGE_SECONDS, StorageArgs

APPS = Path(__file__).parents[2] / "stacks" / "apps"
# `app.3f9a1c2b.css`: eight or more hexadecimal digits between dots.
_HASHED = re.compile(r"\.[0-9a-f]{8,64}\.[A-Za-z0-9.]+$")
_FILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_TEXT = ("application/javascript", "application/json", "application/manifest+json", "image/svg+xml")
# The machine's own tables differ from system to system, and would change what is deployed.
_TYPES = mimetypes.MimeTypes()
for _extension, _type in {".woff2": "font/woff2", ".webp": "image/webp", ".avif": "image/avif"}.items():
    _TYPES.add_type(_type, _extension)
_TYPES.add_type("application/manifest+json", ".webmanifest")


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One file.

    Args:
        name: Path below the folder: `css/app.3f9a1c2b.css`.
        source: Where it is on this machine.
        content_type: Media type, with a charset for text.
        cache_control: How long clients and caches may keep it.
        sha256: Of its content, in hexadecimal digits.

    """

    name: str
    source: Path
    content_type: str
    cache_control: str
    sha256: str


def stored_files(args: StorageArgs, apps: Path | None = None) -> list[StoredFile]:
    """The files of a storage, by name; hidden ones are left out."""
    folder = (apps or APPS) / args.folder
    return [_stored(args, folder, path) for path in _paths(folder)]


def file_problems(name: str, args: StorageArgs, apps: Path | None = None) -> Iterator[str | None]:
    """What is wrong with the folder and the files in it."""
    where, folder = f"storage/{name}/folder", (apps or APPS) / args.folder
    paths = _paths(folder) if folder.is_dir() else []
    yield unless(
        paths, f"{where}: must be a folder with files below stacks/apps, got {args.folder!r}; nothing would be served"
    )
    for path in paths:
        inside = path.relative_to(folder).as_posix()
        yield unless(
            _FILE.fullmatch(inside),
            f"{where}: must hold files named by letters, digits and . _ - only, got {inside!r}; "
            "the name becomes a part of a URL",
        )
        # A link could lead to anything on the machine that deploys.
        yield unless(
            path.resolve().is_relative_to(folder.resolve()),
            f"{where}: must hold its own files only, got the link {inside!r}; what it leads to would be published",
        )


def _paths(folder: Path) -> list[Path]:
    inside = ((path, path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    found = [path for path, relative in inside if not any(part.startswith(".") for part in relative.parts)]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _stored(args: StorageArgs, folder: Path, path: Path) -> StoredFile:
    name = path.relative_to(folder).as_posix()
    immutable = _HASHED.search(name)
    kept = f"max-age={MAX_AGE_SECONDS}, immutable" if immutable else f"max-age={args.max_age_seconds}"
    guessed = _TYPES.guess_type(name)[0] or "application/octet-stream"
    return StoredFile(
        name=name,
        source=path,
        content_type=f"{guessed}; charset=utf-8" if guessed.startswith("text/") or guessed in _TEXT else guessed,
        cache_control=f"public, {kept}",
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
