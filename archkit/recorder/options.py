"""Resource options as they arrive at the engine; the stock mocks drop them."""

from __future__ import annotations

from typing import Any


def of(request: Any, *, default_version: str = "") -> dict[str, Any]:
    """The options of a registration that differ from their defaults.

    `dependsOn` holds what was asked for beyond the dependencies of properties; of a component Pulumi sends all
    children in its place.
    """
    stated: dict[str, Any] = {
        "protect": request.protect,
        "retainOnDelete": request.retainOnDelete,
        "ignoreChanges": sorted(request.ignoreChanges),
        "replaceOnChanges": sorted(request.replaceOnChanges),
        "hideDiffs": sorted(request.hideDiffs),
        "dependsOn": _depends_on(request),
        "provider": request.provider.rpartition("::")[0],
        "providers": {package: ref.rpartition("::")[0] for package, ref in sorted(request.providers.items())},
        "aliases": [one for one in map(_alias, request.aliases) if not _of_sdk(one, request)],
        "customTimeouts": _timeouts(request),
        "version": "" if request.version == default_version else request.version,
        "import": request.importId,
        "deletedWith": request.deletedWith,
        "replaceWith": sorted(request.replace_with),
        "hooks": _hooks(request),  # the engine alone runs them: a test sees that they are there, not what they do
    }
    found = {name: value for name, value in stated.items() if value}
    if request.deleteBeforeReplaceDefined:
        found["deleteBeforeReplace"] = request.deleteBeforeReplace
    return found


def _timeouts(request: Any) -> dict[str, str]:
    if not request.HasField("customTimeouts"):
        return {}
    times = request.customTimeouts
    return {name: getattr(times, name) for name in ("create", "update", "delete") if getattr(times, name)}


def _hooks(request: Any) -> dict[str, list[str]]:
    return {field.json_name: list(names) for field, names in request.hooks.ListFields()}


def _depends_on(request: Any) -> list[str]:
    of_properties = {urn for uses in request.propertyDependencies.values() for urn in uses.urns}
    return sorted(set(request.dependencies) - of_properties)


def _of_sdk(alias: Any, request: Any) -> bool:
    """SDKs add the earlier type tokens of their own resources to every registration."""
    return request.custom and isinstance(alias, dict) and set(alias) == {"type"}  # pyright: ignore[reportUnknownArgumentType]


def _alias(alias: Any) -> Any:
    if alias.urn:
        return alias.urn
    spec = alias.spec
    names = ("name", "type", "stack", "project", "parentUrn")
    stated: dict[str, Any] = {name: getattr(spec, name) for name in names if getattr(spec, name)}
    if spec.noParent:
        stated["noParent"] = True
    return stated
