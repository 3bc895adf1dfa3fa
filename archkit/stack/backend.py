"""Where state is kept: wherever the user is logged in, else in a local file backend."""

from __future__ import annotations

import json
from collections.abc import Mapping

from archkit.engine.home import pulumi_home

LOCAL = "file://~"


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """`PULUMI_BACKEND_URL` for the local file backend where nobody is logged in; nothing elsewhere.

    Whoever logged in keeps their backend: `PULUMI_BACKEND_URL`, or the current one in Pulumi's credentials.
    """
    return {} if given.get("PULUMI_BACKEND_URL") or logged_in(given) else {"PULUMI_BACKEND_URL": LOCAL}


def logged_in(given: Mapping[str, str]) -> str | None:
    """The backend that Pulumi's credentials name as the current one; None where there is none."""
    try:
        current = json.loads((pulumi_home(given) / "credentials.json").read_text()).get("current")
    except (OSError, ValueError, AttributeError):
        return None
    return str(current) if current else None
