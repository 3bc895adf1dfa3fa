"""What each capability promises, whichever target keeps it."""

from collections.abc import Callable
from typing import Any

import pytest

from archkit.graph import Graph
from components.backup import BackupArgs
from components.cache import CacheArgs, Engine
from components.database import DatabaseArgs
from components.errors import InvalidArgsError
from components.image import ImageArgs
from components.load_balancer import LoadBalancerArgs, Route
from components.migration import MigrationArgs
from components.network import NetworkArgs
from components.service import Service, ServiceArgs
from components.target import Target

Deploy = Callable[[Callable[[Target], object]], Graph]
OF_THE_KIT = {"archkit:local:Controller"}  # no design asks for it: it does what a cloud does by itself
CAPABILITIES = {
    "network": "Network",
    "image": "Image",
    "web": "Service",
    "edge": "LoadBalancer",
    "orders": "Database",
    "vault": "Backup",
    "pages": "Cache",
    "schema": "Migration",
}


def everything(target: Target) -> None:
    network = target.network("network", NetworkArgs())
    image = target.image("image", ImageArgs(app="web"))
    orders = target.database("orders", DatabaseArgs(), network=network)
    target.backup("vault", BackupArgs(), network=network, databases=[orders])
    pages = target.cache("pages", CacheArgs(), network=network)
    schema = target.migration("schema", MigrationArgs(), network=network, image=image, database=orders)
    service = target.service(
        "web", ServiceArgs(port=9000), network=network, image=image, links=[orders, pages], after=[schema]
    )
    target.load_balancer("edge", LoadBalancerArgs(), network=network, routes=[Route(service=service)])


def test_each_capability_is_one_component_of_its_kind(deploy: Deploy) -> None:
    components = [one for one in deploy(everything).resources if one.type.startswith("archkit:")]

    asked_for = {one.name: one.type.split(":")[2] for one in components if one.type not in OF_THE_KIT}
    assert asked_for == CAPABILITIES
    assert {one.parent for one in components} == {""}, "one below another would be drawn and deleted with it"


def test_every_part_stands_under_its_component_and_bears_its_name(deploy: Deploy) -> None:
    graph = deploy(everything)

    components = {one.urn: one.name for one in graph.resources if one.type.startswith("archkit:")}
    parts = [one for one in graph.resources if one.urn not in components and one.type != "pulumi:pulumi:Stack"]
    assert parts, "capabilities without parts do nothing"
    assert {one.parent for one in parts} <= set(components), "a part outside would survive its component's deletion"
    strangers = [one.name for one in parts if not one.name.startswith(f"{components[one.parent]}-")]
    assert strangers == [], "a part's name says whose it is"


def test_two_of_each_stand_side_by_side(deploy: Deploy) -> None:
    def program(target: Target) -> None:
        for side in ("left", "right"):
            network = target.network(f"{side}-network", NetworkArgs())
            image = target.image(f"{side}-image", ImageArgs(app="web"))
            service = target.service(f"{side}-web", ServiceArgs(), network=network, image=image)
            if side == "left":  # local: one machine's port has one owner
                target.load_balancer(
                    f"{side}-edge", LoadBalancerArgs(), network=network, routes=[Route(service=service)]
                )

    names = [one.name for one in deploy(program).resources if one.type.startswith("archkit:")]

    assert sorted(names) == sorted({*names})
    assert {"left-web", "right-web", "left-network", "right-network"} <= set(names)


@pytest.mark.parametrize(
    ("name", "capability"),
    [
        ("network", "network"),
        ("image", "image"),
        ("web", "service"),
        ("edge", "load_balancer"),
        ("orders", "database"),
        ("vault", "backup"),
        ("pages", "cache"),
        ("schema", "migration"),
    ],
)
def test_a_component_says_what_it_is_and_whom_it_connects_to(deploy: Deploy, name: str, capability: str) -> None:
    outputs = deploy(everything).named(name).outputs

    assert outputs["capability"] == capability
    assert isinstance(outputs["links"], list)


def test_the_load_balancer_declares_its_way_to_the_service_on_the_services_port(deploy: Deploy) -> None:
    graph = deploy(everything)

    assert graph.named("edge").outputs["links"] == [{"to": graph.named("web").urn, "port": 9000}]


def test_a_service_declares_its_way_to_what_it_is_linked_to(deploy: Deploy) -> None:
    graph = deploy(everything)

    assert graph.named("web").outputs["links"] == [
        {"to": graph.named("orders").urn, "port": 5432},
        {"to": graph.named("pages").urn, "port": 6379},
    ]


def test_a_database_tells_the_same_whoever_runs_it(deploy: Deploy) -> None:
    """An application reads the same variables on every target; only where its password comes from differs."""
    told: dict[str, object] = {}

    def program(target: Target) -> None:
        made = target.database("orders", DatabaseArgs(), network=target.network("network", NetworkArgs()))
        told.update(made.variables, migration=made.migration.port)

    deploy(program)

    everywhere = {"READER_URL", "READER_HOST", "READER_PORT", "DATABASE", "CA_FILE", "CREDENTIALS", "USER"}
    assert everywhere <= set(told)
    assert set(told) - everywhere - {"migration"} == (
        {"PASSWORD_FILE"} if told["CREDENTIALS"] == "file" else {"REGION"}
    )
    assert (told["DATABASE"], told["USER"], told["migration"]) == ("app", "app", 5432)


def test_a_backup_declares_its_way_to_what_it_copies_and_reaches_what_it_is_asked_for(deploy: Deploy) -> None:
    outputs = (graph := deploy(everything)).named("vault").outputs

    assert [one["to"] for one in outputs["links"]] == [graph.named("orders").urn]
    asked = BackupArgs().recovery_point
    assert outputs["recovery_point"]["local_seconds"] <= asked.local_seconds
    assert outputs["recovery_point"]["window_days"] >= asked.window_days
    assert outputs["recovery_point"]["offsite_seconds"] > 0, "what the loss of the site costs is said on every target"


def test_a_backup_of_nothing_is_refused(deploy: Deploy) -> None:
    def program(target: Target) -> None:
        target.backup("vault", BackupArgs(), network=target.network("network", NetworkArgs()), databases=[])

    with pytest.raises(InvalidArgsError) as refused:
        deploy(program)

    assert refused.value.problems == ("backup/vault/databases: must be one at least, got none; it copies nothing else",)


@pytest.mark.parametrize("engine", list(Engine))
def test_a_cache_tells_the_same_whoever_runs_it(deploy: Deploy, engine: Engine) -> None:
    """An application reads the same variables on every target; only where its password comes from differs."""
    told: dict[str, object] = {}

    def program(target: Target) -> None:
        made = target.cache("pages", CacheArgs(engine=engine), network=target.network("network", NetworkArgs()))
        told.update(made.variables, schemes={made.endpoint.scheme, made.reader.scheme, made.nodes[0].scheme})

    deploy(program)

    everywhere = {"READER_URL", "READER_HOST", "READER_PORT", "NODES", "CA_FILE", "CREDENTIALS"}
    assert everywhere <= set(told)
    assert told["schemes"] == ({"rediss"} if engine is Engine.VALKEY else {"memcached"})
    credentials = {"file": {"USER", "PASSWORD_FILE"}, "iam": {"USER", "REGION", "IDENTITY"}, "none": set()}
    assert set(told) - everywhere - {"schemes"} == credentials[str(told["CREDENTIALS"])]
    assert (told["CREDENTIALS"] == "none") == (engine is Engine.MEMCACHED)


def test_a_load_balancer_needs_an_answer_for_every_path(deploy: Deploy) -> None:
    def program(target: Target) -> None:
        network = target.network("network", NetworkArgs())
        service = target.service(
            "web", ServiceArgs(), network=network, image=target.image("image", ImageArgs(app="web"))
        )
        target.load_balancer(
            "edge", LoadBalancerArgs(), network=network, routes=[Route(path="/api/*", service=service)]
        )

    with pytest.raises(InvalidArgsError) as refused:
        deploy(program)

    assert refused.value.problems == (
        "load_balancer/edge/routes: must have a route for '/*', got ['/api/*']; others get 404",
    )


def test_a_name_that_is_no_dns_name_is_refused(deploy: Deploy) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        deploy(lambda target: target.network("My_Network", NetworkArgs()))

    assert [one for one in refused.value.problems if "lower-case letters" in one] == [
        "network/My_Network: must be lower-case letters, digits and single dashes, and begin with a letter, "
        "got 'My_Network'; it becomes a DNS name on every target"
    ]


def test_what_is_refused_has_registered_nothing(deploy: Deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    register = Service.__init__

    def counted(self: Any, *args: Any, **kwargs: Any) -> None:
        made.append(self)
        register(self, *args, **kwargs)

    monkeypatch.setattr(Service, "__init__", counted)

    def program(target: Target) -> None:
        network = target.network("network", NetworkArgs())
        target.service("x" * 64, ServiceArgs(), network=network, image=target.image("image", ImageArgs(app="web")))

    with pytest.raises(InvalidArgsError):
        deploy(program)

    assert made == []


def test_a_design_of_two_runs_is_the_same_to_the_byte(deploy: Deploy) -> None:
    assert deploy(everything).to_json() == deploy(everything).to_json()


def test_a_new_version_starts_only_once_its_schema_is_there(deploy: Deploy) -> None:
    graph = deploy(everything)

    (runs,) = [
        one
        for one in graph.resources
        if one.name in {"web-group", "web-replica"} and one.parent == graph.named("web").urn
    ]
    applied = graph.named("schema-invocation" if runs.name == "web-group" else "schema-migration")
    assert applied.urn in runs.options["dependsOn"], "it would serve before the columns that it reads are there"
    database = {one.urn for one in graph.resources if one.parent == graph.named("orders").urn}
    assert database & set(applied.options["dependsOn"]), "nothing would take its connection yet"
