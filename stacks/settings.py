"""The edge where a stack's configuration becomes typed values; every problem is told at once, by its path."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import types
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, cast, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from components.errors import InvalidArgsError
from components.profile import Profile

T = TypeVar("T")
NAMESPACE = "archkit"


def read_namespace(config: Mapping[str, Any]) -> dict[str, Any]:
    """The values under `archkit:`, without that prefix; JSON texts become what they hold.

    Args:
        config: As Pulumi keeps it: `{"archkit:design": "web", "archkit:local": '{"port": 8081}', "aws:region": ...}`.

    """
    own = f"{NAMESPACE}:"
    return {key.removeprefix(own): _parsed(value) for key, value in config.items() if key.startswith(own)}


def read(kind: type[T], value: Any, path: str) -> T:
    """A dataclass from plain values, over the defaults that the dataclass has at that place.

    A design's own default (`service: scaling: requests_per_replica_per_minute: 6000`) holds as long as the
    configuration does not say otherwise, whatever else it says of the service.

    Args:
        kind: A dataclass, nested as deep as it likes.
        value: What the configuration says; None stands for nothing.
        path: Where it stands, for messages: `archkit:web`.

    Raises:
        InvalidArgsError: Unknown keys (with the nearest known one), wrong types and refused values, one line each.

    """
    value = {} if value is None else value
    problems = list(_unknown_keys(kind, value, path))
    value = _over(_default(kind), value)
    made: T | None = None
    while made is None:
        try:
            made = TypeAdapter(kind).validate_python(value)
        except ValidationError as error:
            problems += (told for told in _told(error, kind, path) if told not in problems)
            # A dataclass checks itself only once all its fields make sense: without the bad ones it tells the rest.
            smaller = _without(value, [problem["loc"] for problem in error.errors() if problem["loc"]])
            if smaller == value:
                break
            value = smaller
    if problems or made is None:
        raise InvalidArgsError(problems)
    return made


def read_profile(value: Any) -> Profile:
    """The profile, `dev` where none is named."""
    try:
        return Profile(value or Profile.DEV)
    except ValueError:
        known = ", ".join(Profile)
        message = f"{NAMESPACE}:profile: must be one of {known}, got {value!r}; it decides how careful a stack is"
        raise InvalidArgsError([message]) from None


def unknown_key(path: str, key: str, known: list[str], reason: str) -> str:
    """The problem with a key that nobody reads, with the nearest one that somebody does."""
    near = get_close_matches(key, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
    return f"{path}: must be a known key, got {key!r}; {reason}; {hint}"


def _default(kind: type[Any]) -> Any:
    """The dataclass without arguments; None where some have to be given."""
    required = [
        field
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]
    return None if required else kind()


def _over(default: Any, value: Any) -> Any:
    """What is given, and the defaults for what is not, at every depth."""
    if value == "null":
        return None  # `--set web.cdn=null`: Pulumi keeps it as a text
    if not dataclasses.is_dataclass(default) or not isinstance(value, Mapping):
        return value
    given = cast("Mapping[str, Any]", value)
    kept = {field.name: getattr(default, field.name) for field in dataclasses.fields(default)}
    return {**kept, **{key: _over(kept.get(key), inner) for key, inner in given.items()}}


def _without(value: Any, places: list[tuple[int | str, ...]]) -> Any:
    """The value without what stands at some places; what is no mapping stays as it is."""
    if not isinstance(value, Mapping):
        return value
    given = cast("Mapping[str, Any]", value)
    gone = {place[0] for place in places if len(place) == 1 or not isinstance(given.get(str(place[0])), Mapping)}
    deeper = {key: [place[1:] for place in places if place[:1] == (key,)] for key in given}
    return {key: _without(inner, deeper[key]) for key, inner in given.items() if key not in gone}


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


def _unknown_keys(kind: Any, value: Any, path: str) -> Iterator[str]:
    if not dataclasses.is_dataclass(kind) or not isinstance(value, Mapping):
        return
    given = cast("Mapping[str, Any]", value)
    hints = get_type_hints(kind)
    known = [field.name for field in dataclasses.fields(kind)]
    for key, inner in given.items():
        if key not in known:
            yield unknown_key(path, str(key), known, "a misspelt key would be a setting that nobody reads")
        else:
            for candidate in _dataclasses_in(hints[key]):
                items = cast("list[Any]", inner) if isinstance(inner, list) else [inner]
                for item in items:
                    yield from _unknown_keys(candidate, item, f"{path}/{key}")


def _dataclasses_in(hint: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(hint):
        yield hint
    elif isinstance(hint, types.UnionType) or get_args(hint):
        for part in get_args(hint):
            yield from _dataclasses_in(part)


def _told(error: ValidationError, kind: type[Any], path: str) -> Iterator[str]:
    for problem in error.errors():
        if problem["type"] in {"unexpected_keyword_argument"}:
            continue  # told by `_unknown_keys`, with the nearest known key
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, InvalidArgsError):
            yield from cause.problems
            continue
        where = "/".join([path, *(str(part) for part in problem["loc"])])
        meaning = _meaning(kind, problem["loc"])
        reason = f"; {meaning}" if meaning else ""
        if problem["type"] == "missing":
            yield f"{where}: must be given, got nothing{reason}"
        else:
            rule = problem["msg"].removeprefix("Input should be ")
            yield f"{where}: must be {rule}, got {problem['input']!r}{reason}"


def _meaning(kind: Any, place: tuple[int | str, ...]) -> str:
    """What the documentation says of the field at that place, its first sentence; empty where it says nothing."""
    kinds, said = [kind], ""
    for part in place:
        kinds = [one for one in kinds if part in {field.name for field in dataclasses.fields(one)}]
        if not kinds:
            return said
        found = re.search(
            rf"^ +{part}: (.+?)(?:[.;:](?:\s|$)|\n\s+\w+: |\n\n)", inspect.getdoc(kinds[0]) or "", re.M | re.S
        )
        said = " ".join(found[1].split()) if found else ""
        kinds = list(_dataclasses_in(get_type_hints(kinds[0])[str(part)]))
    return said[:1].lower() + said[1:]
