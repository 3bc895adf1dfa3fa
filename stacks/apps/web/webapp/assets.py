"""Static files: under which names pages refer to them, and how they are served where no CDN stands in front."""

import hashlib
import os
import re
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parents[1] / "static"
PREFIX = "/static"
DIGITS = 8
# `style.dba62050.css`: the hash of its content stands in its name, so that it never means anything else.
_HASHED = re.compile(r"(?P<stem>.+)\.(?P<digits>[0-9a-f]{8})(?P<suffix>\.[a-z0-9]+)")
IMMUTABLE, CHANGING = "public, max-age=31536000, immutable", "public, max-age=300"


def references(folder: Path = FOLDER) -> dict[str, str]:
    """By plain name, the path of each hashed file: `style.css` is `/static/style.dba62050.css`."""
    found = ((path, _HASHED.fullmatch(path.name)) for path in sorted(folder.iterdir()))
    return {f"{match['stem']}{match['suffix']}": f"{PREFIX}/{path.name}" for path, match in found if match}


def digits(path: Path) -> str:
    """What has to stand in the name of a file with this content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGITS]


class Files(StaticFiles):
    """The folder, each file kept as long as its name allows."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers["cache-control"] = IMMUTABLE if _HASHED.fullmatch(Path(full_path).name) else CHANGING
        return answer
