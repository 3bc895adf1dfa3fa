"""What `archkit up` and `archkit destroy` refuse for the sake of data, before anything is touched."""

from dataclasses import replace

import pytest

from archkit.graph import Graph
from archkit.recorder import record
from archkit.stack.guarded import protected, shrunk
from components.cache import CacheArgs, Engine
from components.database import DatabaseArgs
from components.network import NetworkArgs
from components.profile import Profile
from components.settings import AwsSettings, LocalSettings
from components.settings.local_data import DatabaseSettings
from components.target import Target
from components.targets.aws import AwsTarget
from components.targets.local import LocalTarget

LOCAL = LocalSettings()


def recorded(target: Target) -> Graph:
    return record(
        lambda: target.database("orders", DatabaseArgs(), network=target.network("network", NetworkArgs())),
        stack="api-local",
    )


def state(graph: Graph) -> list[dict]:
    """As the engine keeps it."""
    return [{"urn": one.urn, "outputs": one.outputs} for one in graph.resources]


def sized(megabytes: int | None) -> Graph:
    return recorded(LocalTarget(replace(LOCAL, database=DatabaseSettings(storage_megabytes=megabytes))))


@pytest.mark.parametrize(
    ("prod", "dev"),
    [
        (LocalTarget(replace(LOCAL, profile=Profile.PROD)), LocalTarget(LOCAL)),
        (AwsTarget(AwsSettings(profile=Profile.PROD)), AwsTarget(AwsSettings())),
    ],
    ids=["local", "aws"],
)
def test_a_database_in_prod_is_not_destroyed_with_its_stack(prod: Target, dev: Target) -> None:
    assert protected("api-local", state(recorded(prod))) == [
        "database/orders: must not be protected when its stack is destroyed, got the prod profile; nothing was "
        "removed; if its data may go: `archkit init api-local --set profile=dev`, `archkit up api-local`, and again"
    ]
    assert protected("api-local", state(recorded(dev))) == []


def test_storage_made_smaller_is_refused() -> None:
    assert shrunk(state(sized(2048)), sized(1024)) == [
        "database/orders/storage_megabytes: must be at least 2048, which is deployed, got 1024; data that is there "
        "would not fit or could not be read"
    ]


@pytest.mark.parametrize(("before", "after"), [(1024, 1024), (1024, 2048), (None, 1024), (1024, None)])
def test_storage_that_stays_or_grows_is_fine(before: int | None, after: int | None) -> None:
    assert shrunk(state(sized(before)), sized(after)) == []


def test_an_older_version_is_refused() -> None:
    newer = state(recorded(LocalTarget(LOCAL)))
    for one in newer:
        if "only_grows" in one["outputs"]:
            one["outputs"] = {**one["outputs"], "only_grows": {"version": 18}}

    assert shrunk(newer, recorded(LocalTarget(LOCAL))) == [
        "database/orders/version: must be at least 18, which is deployed, got 17; data that is there would not fit or "
        "could not be read"
    ]


def cached(target: Target, engine: Engine = Engine.VALKEY) -> Graph:
    return record(
        lambda: target.cache("pages", CacheArgs(engine=engine), network=target.network("network", NetworkArgs())),
        stack="api-local",
    )


@pytest.mark.parametrize("target", [LocalTarget(LOCAL), AwsTarget(AwsSettings())], ids=["local", "aws"])
def test_a_cache_s_engine_is_not_made_older_and_another_engine_is_no_older_one(target: Target) -> None:
    newer = state(cached(target))
    for one in newer:
        if "only_grows" in one["outputs"]:
            one["outputs"] = {**one["outputs"], "only_grows": {"valkey_version": 9}}

    assert shrunk(newer, cached(target)) == [
        "cache/pages/valkey_version: must be at least 9, which is deployed, got 8; data that is there would not fit or "
        "could not be read"
    ]
    assert shrunk(state(cached(target)), cached(target, Engine.MEMCACHED)) == []
