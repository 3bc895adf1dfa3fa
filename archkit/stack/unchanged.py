"""Whether a deployment could find anything new: what it is made of and what runs are as the last one left them.

Then what is checked before a deployment was found good already, and checking it again would cost a second of the
three that a run without changes may take. The engine compares everything all the same.
"""

from __future__ import annotations

import hashlib
import json
import sys
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
    """A hash of what a stack is declared from: its configuration, the sources, the engine and Python."""
    root = opened.project.root
    digest = hashlib.sha256()
    known = {"config": opened.config, "engine": opened.engine.version, "python": sys.version}
    digest.update(json.dumps(known, sort_keys=True, default=str).encode())
    inside = (path for folder in SOURCES for path in (root / folder).rglob("*"))
    for path in sorted([*inside, *(root / name for name in FILES)]):
        if path.is_file() and "__pycache__" not in path.parts:
            name, content = path.relative_to(root).as_posix(), path.read_bytes()
            executable = path.stat().st_mode & 0o111
            digest.update(f"\0{name}\0{executable:o}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()
