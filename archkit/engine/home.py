"""Pulumi's own folder of this user: its plugins, its credentials, and the state of the local backend."""

import os
from collections.abc import Mapping
from pathlib import Path


def pulumi_home(given: Mapping[str, str] = os.environ) -> Path:
    """`PULUMI_HOME`, else `.pulumi` in the home of the account, whatever `HOME` says: the engine looks there."""
    named = given.get("PULUMI_HOME")
    return Path(named) if named else _account_home() / ".pulumi"


def _account_home() -> Path:
    try:
        import pwd  # noqa: PLC0415 - Windows has none

        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except (ImportError, KeyError):
        return Path.home()
