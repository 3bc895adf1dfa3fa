"""From a stack's configuration to a design on a target; used by the engine and by the recorder."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, cast

import pulumi
from pulumi.runtime import config as engine_config

from components.deployment import FIRST_DEPLOYMENT
from components.errors import InvalidArgsError
from components.profile import Profile
from components.settings import AwsSettings, LocalSettings
from components.target import Target
from stacks.api import ApiConfig, api
from stacks.settings import NAMESPACE, read, read_namespace, read_profile, unknown_key
from stacks.web import WebConfig, web


@dataclass(frozen=True, kw_only=True)
class Design:
    """A reference design: what it can be told, and the function that declares it."""

    config: type[Any]
    declare: Callable[[Target, Any], None]


DESIGNS: dict[str, Design] = {
    "web": Design(config=WebConfig, declare=web),
    "api": Design(config=ApiConfig, declare=api),
}
TARGETS = ("aws", "local")
KEYS = ".archkit/keys"  # ignored by git


def program(config: Mapping[str, Any], *, keys: str = "", first: bool = False) -> Callable[[], None]:
    """The Pulumi program that a stack's configuration describes.

    Args:
        config: As in the stack's file: `{"archkit:design": "web", "archkit:target": "local", ...}`.
        keys: Folder below the root for keys that a deployment makes; none where nothing is deployed.
        first: Nothing of the stack is there yet, no server and no data.

    Raises:
        InvalidArgsError: Every problem with the configuration, one line each; nothing was registered.

    """
    values = read_namespace(config)
    problems: list[str] = []
    design = _choice(values, "design", list(DESIGNS), problems)
    target = _choice(values, "target", list(TARGETS), problems)
    known = ["design", "target", "profile", "secret", *TARGETS, *DESIGNS]
    problems += [
        unknown_key(NAMESPACE, key, known, "a misspelt key would be a setting that nobody reads")
        for key in values
        if key not in known
    ]
    profile = _attempt(lambda: read_profile(values.get("profile")), problems)
    make_target = (
        _attempt(lambda: _target(target, profile or Profile.DEV, values, keys=keys, first=first), problems)
        if target
        else None
    )
    if target == "aws":
        problems += _region_problems(config, values)
    arguments = (
        _attempt(lambda: read(DESIGNS[design].config, values.get(design), f"{NAMESPACE}:{design}"), problems)
        if design
        else None
    )
    if problems or make_target is None or design is None:
        raise InvalidArgsError(problems)

    def run() -> None:
        DESIGNS[design].declare(make_target, arguments)

    return run


def from_engine() -> None:
    """Declares the design of the stack that the engine runs; mistakes leave as one message, without a traceback."""
    values = {**engine_config.get_config_env(), **engine_config.CONFIG.get()}
    try:
        program(values, keys=KEYS, first=os.environ.get(FIRST_DEPLOYMENT) == "1")()
    except InvalidArgsError as error:
        raise pulumi.RunError("\n".join(error.problems)) from error


def _choice(values: Mapping[str, Any], key: str, known: list[str], problems: list[str]) -> str | None:
    value = values.get(key)
    if value in known:
        return str(value)
    near = get_close_matches(str(value), known, n=1)
    got = f"{value!r}; {f'did you mean {near[0]!r}?' if near else f'there is no such {key}'}" if value else None
    remedy = "nothing; run `archkit init <design>-<target>`, which writes it"
    problems.append(f"{NAMESPACE}:{key}: must be one of {', '.join(known)}, got {got or remedy}")
    return None


def _region_problems(config: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """The provider deploys where `aws:region` says; the kit names things after `archkit:aws`."""
    provider, part = config.get("aws:region"), values.get("aws")
    given: Any = cast("Mapping[str, Any]", part).get("region") if isinstance(part, Mapping) else None
    own = given or AwsSettings().region
    if provider in (None, own):
        return []
    return [
        f"aws:region: must be {own!r} as {NAMESPACE}:aws/region, got {provider!r}; "
        "resources would be made in one region and named after another"
    ]


def _target(name: str, profile: Profile, values: Mapping[str, Any], *, keys: str, first: bool) -> Target:
    # Only the target that is asked for is imported: an SDK takes half a second to load.
    if name == "aws":
        from components.targets.aws import AwsTarget  # noqa: PLC0415

        given: dict[str, Any] = {"profile": profile, **_part(values, "aws")}
        return AwsTarget(read(AwsSettings, given, f"{NAMESPACE}:aws"))
    from components.targets.local import LocalTarget  # noqa: PLC0415

    given = {"profile": profile, "keys": keys, "first": first, **_part(values, "local")}
    return LocalTarget(read(LocalSettings, given, f"{NAMESPACE}:local"))


def _part(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    part: Any = values.get(name) or {}
    if not isinstance(part, Mapping):
        message = f"{NAMESPACE}:{name}: must be an object, got {part!r}; its keys are the target's settings"
        raise InvalidArgsError([message])
    return dict(cast("Mapping[str, Any]", part))


def _attempt(make: Callable[[], Any], problems: list[str]) -> Any:
    try:
        return make()
    except InvalidArgsError as error:
        problems += error.problems
        return None
