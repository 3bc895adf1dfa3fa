"""Stacks that run in the lab's zones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archkit.lab.layout import Lab
from archkit.plain import text


def is_on_lab(config: Mapping[str, Any]) -> bool:
    """Whether a stack's Docker daemon is one of the lab's."""
    return text(config.get("docker:host")) in {zone.docker_host for zone in Lab().zones}
