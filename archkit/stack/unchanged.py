"""Whether a deployment could find anything new: what it is made of and what runs are as the last one left them.

Then what is checked before a deployment was found good already, and checking it again would cost a second of the
three that a run without changes may take. The engine compares everything all the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from archkit.errors import UserError
from archkit.stack import drift
from archkit.stack.docker import client
from archkit.stack.lab import is_on_lab
from archkit.stack.workspace import Opened

SOURCES = ("stacks", "components", "archkit")
FILES = ("Pulumi.yaml", "requirements.lock")


def since_last_up(opened: Opened) -> bool:
    """Whether nothing changed since this checkout last deployed the stack with success; no where that cannot be told.

    The lab's zones are copied to at each deployment, and what runs on AWS is not looked at: no for both.
    """
    if opened.target != "local" or is_on_lab(opened.config):
        return False
    try:
        daemon = client(opened.config)
    except UserError:
        return False  # whoever checks says so, with all else that is wrong
    return drift.same_as_stored(daemon, opened.name, seen_file(opened), made_of(opened))


def seen_file(opened: Opened) -> Path:
    """Where the last deployment left what it saw."""
    return opened.project.stack_file(opened.name).with_suffix(".seen.json")


def made_of(opened: Opened) -> str:
    """A hash of what a stack is declared from: its configuration, the sources, the engine and Python.

    Of each file its size and when it was written: reading a thousand files costs a third of a second.
    """
    root = opened.project.root
    digest = hashlib.sha256()
    known = {"config": opened.config, "engine": opened.engine.version, "python": sys.version}
    digest.update(json.dumps(known, sort_keys=True, default=str).encode())
    for folder, inside, names in sorted(_files(root)):
        for name in sorted(names):
            found = Path(folder, name).stat()
            shown = f"{inside}/{name}\0{found.st_mode:o}\0{found.st_size}\0{found.st_mtime_ns}\0"
            digest.update(shown.encode())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Folder, its path below the root, and the names of its files, of all that a program is made of."""
    yield os.fspath(root), "", list(FILES)
    for source in SOURCES:
        for folder, folders, names in os.walk(root / source):
            folders[:] = [one for one in folders if one != "__pycache__"]
            yield folder, os.path.relpath(folder, root), names
