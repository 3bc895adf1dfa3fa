"""Type-correct stand-ins for what only a provider knows: computed outputs, named after where they come from."""

from __future__ import annotations

import collections.abc
import enum
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pulumi import _types  # pyright: ignore[reportPrivateUsage]

from archkit.recorder import sdk

# Deeper than any output that a program reads; it bounds types that contain each other.
DEPTH = 6
REGION = "eu-central-1"
ACCOUNT = "123456789012"

# Values that programs take apart, so that a stand-in must have their form.
_FORMS: Mapping[str, Callable[[str], Any]] = {
    "region": lambda region: region,
    "availabilityZone": lambda region: f"{region}a",
    "availabilityZones": lambda region: [f"{region}{letter}" for letter in "abc"],
    "cidrBlock": lambda _: "10.0.0.0/16",
    "ipv4CidrBlock": lambda _: "10.0.0.0/16",
    "ipv6CidrBlock": lambda _: "2001:db8:1234:1a00::/56",
}
# Default ports by type and engine, as the providers document them.
_PORTS: Mapping[str, int] = {
    "postgres": 5432,
    "aurora-postgresql": 5432,
    "mysql": 3306,
    "aurora-mysql": 3306,
    "mariadb": 3306,
    "valkey": 6379,
    "redis": 6379,
    "memcached": 11211,
}

# Lists that have as many items as an input says; of others a stand-in has one.
_COUNTS: Mapping[str, str] = {"cacheNodes": "numCacheNodes"}


class Shapes:
    """Makes the computed outputs of one resource, and remembers which paths it named.

    Args:
        prefix: What each stand-in begins with: `mock://<type>/<name>#`.
        region: Where the program deploys.
        inputs: What the program passed, to derive what the provider derives from it.

    """

    def __init__(self, prefix: str, *, region: str, inputs: Mapping[str, Any]) -> None:
        self.prefix = prefix
        self.region = region
        self.inputs = inputs
        self.paths: set[str] = set()

    def sentinel(self, path: str) -> str:
        """The stand-in for one output."""
        self.paths.add(path)
        return self.prefix + path

    def missing(self, cls: type, given: Mapping[str, Any], *, everything: bool = False) -> dict[str, Any]:
        """A value for each output of a class that the program did not give.

        An output that may be missing and was not given stays missing, as the provider leaves it.
        `everything` fills those in too: for what is read instead of made.
        """
        filled: dict[str, Any] = {}
        for name, (type_, optional) in sdk.output_types(cls).items():
            if name in ("id", "urn") or name in given or (optional and not everything):
                continue
            value = self._derived(name)
            if value is None:
                value = self.blank(type_, name)
            if value is not None:
                filled[name] = value
        return filled

    def _derived(self, name: str) -> Any:
        if name == "tagsAll":
            return self.inputs.get("tags") or {}
        if name == "port":
            return _PORTS.get(str(self.inputs.get("engine")))
        return None

    def blank(self, type_: Any, path: str, *, depth: int = 0, within: tuple[type, ...] = ()) -> Any:
        """A value of the type, its texts naming their place; None where the type cannot be made up."""
        leaf = path.rpartition(".")[2]
        if leaf in _FORMS and (type_ is str or _is_texts(type_)):
            self.paths.add(path)
            return _FORMS[leaf](self.region)
        type_ = _first_known(type_)
        if type_ is str or type_ is Any or _is_enum(type_):
            return self.sentinel(path)
        if type_ in (bool, int, float):
            self.paths.add(path)
            return type_(type_ is not bool)
        if isinstance(type_, type) and _types.is_output_type(type_):
            return self._nested(type_, path, depth, within)
        return self._collection(type_, path, depth, within)

    def _collection(self, type_: Any, path: str, depth: int, within: tuple[type, ...]) -> Any:
        origin = typing.get_origin(type_)
        if origin in (list, collections.abc.Sequence):
            count = int(self.inputs.get(_COUNTS.get(path, ""), 1))
            kind = typing.get_args(type_)[0]
            made = [self.blank(kind, f"{path}[{n}]", depth=depth + 1, within=within) for n in range(count)]
            return [one for one in made if one is not None]
        return {} if origin in (dict, collections.abc.Mapping) else None

    def _nested(self, type_: type, path: str, depth: int, within: tuple[type, ...]) -> dict[str, Any] | None:
        if depth >= DEPTH or type_ in within:
            return None
        fields: dict[str, Any] = {}
        for name, (field, _) in sdk.output_types(type_).items():
            value = self.blank(field, f"{path}.{name}", depth=depth + 1, within=(*within, type_))
            if value is not None:
                fields[name] = value
        return fields


def _first_known(type_: Any) -> Any:
    """Of a union, the member that a stand-in can take: text before anything else."""
    members: Sequence[Any] = typing.get_args(type_) if _types._is_union_type(type_) else (type_,)  # pyright: ignore
    plain = [member for member in members if member is not type(None)]
    return str if str in plain else plain[0]


def _is_enum(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, enum.Enum)


def _is_texts(type_: Any) -> bool:
    return typing.get_origin(type_) in (list, collections.abc.Sequence) and typing.get_args(type_) == (str,)
