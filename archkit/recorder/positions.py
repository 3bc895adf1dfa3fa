"""Where in the user's own files a resource was written."""

from __future__ import annotations

import linecache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from archkit.graph import Position

_FOREIGN = {"site-packages", "dist-packages"}
# In a checkout the kit's own components lie below the root too; they are no part of the design that uses them.
_KIT = tuple(Path(__file__).parents[2] / name for name in ("archkit", "components"))


def position(request: Any, root: Path) -> Position | None:
    """The innermost line of the project's own that led to a registration.

    Lines of packages that the project uses do not count, the kit's components among them, unless no other line is left.
    None where no line below the root is.
    """
    frames: list[Any] = [request.sourcePosition, *(frame.pc for frame in request.stackTrace.frames)]
    of_kit: Position | None = None
    for frame in frames:
        uri: str = frame.uri
        file = Path(unquote(urlparse(uri).path))
        if not uri or not file.is_relative_to(root) or _FOREIGN & set(file.parts):
            continue
        # A class between the component and Pulumi's own puts its call of the constructor above where it was used.
        if "super().__init__(" in linecache.getline(str(file), frame.line):
            continue
        found = Position(file=file.relative_to(root).as_posix(), line=frame.line)
        if not any(file.is_relative_to(folder) for folder in _KIT):
            return found
        if file.parent != Path(__file__).parent:
            of_kit = of_kit or found
    return of_kit
