"""All rules: role of each known resource type."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from topology.rules.aws import RULES as AWS
from topology.rules.docker.table import RULES as DOCKER
from topology.rules.rule import Rule, folded

# What makes a value for another resource and is nothing in the architecture.
HELPERS = ("pulumi:", "random:", "tls:", "time:", "command:", "local:", "archive:", "cloudinit:", "null:", "std:")
RULES: Mapping[str, Rule] = {**AWS, **DOCKER}
_HELPER = folded()


@cache
def rule_of(type_: str) -> Rule | None:
    """The rule of a type; None where none knows it."""
    if type_ in RULES:
        return RULES[type_]
    return _HELPER if type_.startswith(HELPERS) else None
