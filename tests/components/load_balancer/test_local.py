"""The load balancer on a swarm: its proxy as Docker is told, and the configuration of that proxy."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from archkit.graph import Graph
from archkit.recorder import record
from components.errors import InvalidArgsError
from components.image import ImageArgs
from components.load_balancer import Domain, LoadBalancerArgs, Route
from components.load_balancer.haproxy import rules
from components.network import NetworkArgs
from components.service import Capacity, HealthCheck, ServiceArgs
from components.settings import LocalSettings
from components.targets.local import LocalTarget

GOLDEN = Path(__file__).parent / "golden"
SETTINGS = LocalSettings(images={"web": "archkit/web:1"}, port=8443)
API = ServiceArgs(port=9000, capacity=Capacity(minimum=2, maximum=4), health=HealthCheck(ready_path="/api/ready"))


def deployed(
    settings: LocalSettings = SETTINGS,
    args: LoadBalancerArgs | None = None,
    paths: dict[str, str] | None = None,
    api: ServiceArgs = API,
) -> Graph:
    """Services `web` and `api` behind `edge`; `paths` says which path goes to which."""

    def program() -> None:
        target = LocalTarget(settings)
        network = target.network("network", NetworkArgs())
        image = target.image("image", ImageArgs(app="web"))
        services = {
            "web": target.service("web", ServiceArgs(), network=network, image=image),
            "api": target.service("api", api, network=network, image=image),
        }
        routes = [Route(path=path, service=services[name]) for path, name in (paths or {"/*": "web"}).items()]
        target.load_balancer("edge", args or LoadBalancerArgs(), network=network, routes=routes)

    return record(program, stack="web-local")


def configuration(graph: Graph) -> str:
    return graph.named("edge-configuration").inputs["dataRaw"]


@pytest.mark.parametrize(
    ("name", "settings", "paths"),
    [
        ("plain", SETTINGS, {"/*": "web"}),
        (
            "routes-and-limit",
            replace(SETTINGS, client_requests_per_second=50, response_timeout_milliseconds=4000),
            {"/*": "web", "/api/*": "api", "/api/static/*": "web", "/healthz": "api"},
        ),
        ("unprotected", replace(SETTINGS, protection=False), {"/*": "web"}),
    ],
)
def test_the_configuration_is_as_reviewed(name: str, settings: LocalSettings, paths: dict[str, str]) -> None:
    """To accept a change: `ARCHKIT_GOLDEN=write`, then read the difference."""
    import os  # noqa: PLC0415 - for this switch alone

    text = configuration(deployed(settings, paths=paths))
    golden = GOLDEN / f"{name}.cfg"
    if os.environ.get("ARCHKIT_GOLDEN") == "write":
        golden.write_text(text)

    assert text == golden.read_text()


def test_the_longest_path_decides() -> None:
    seen = []

    def program() -> None:
        target = LocalTarget(SETTINGS)
        network = target.network("network", NetworkArgs())
        image = target.image("image", ImageArgs(app="web"))
        web = target.service("web", ServiceArgs(), network=network, image=image)
        seen.extend(
            rule.condition
            for rule in rules([Route(path=path, service=web) for path in ("/*", "/a/*", "/a/b/c", "/a/b/*")])
        )

    record(program)

    assert seen == ["path '/a/b/c'", "path_beg '/a/b/'", "path_beg '/a/'", ""], "the rest comes last"


def test_the_proxy_joins_the_networks_of_its_services_and_of_who_watches_it_and_one_of_its_own() -> None:
    graph = deployed(paths={"/*": "web", "/api/*": "api"})

    proxy = graph.named("edge-proxy")
    joined = {one.urn for one in proxy.references if one.path.startswith("taskSpec.networksAdvanceds")}
    assert joined == {graph.named(f"network-{name}").urn for name in ("edge", "web", "api", "controller")}
    alone = deployed(paths={"/*": "web"}).named("edge-proxy")
    assert not any(one.urn.endswith("network-api") for one in alone.references), "nobody is joined without a route"


def test_a_changed_configuration_is_a_new_config_that_replaces_the_old() -> None:
    graph = deployed()

    made = graph.named("edge-configuration")
    assert "name" not in made.inputs, "a config in use cannot be changed: the new one needs another name"
    proxy = graph.named("edge-proxy")
    used = {(one.path, one.output) for one in proxy.references if one.urn == made.urn}
    where = "taskSpec.containerSpec.configs[0]"
    assert used == {(f"{where}.configId", "id"), (f"{where}.configName", "name")}


def test_the_proxy_is_told_of_twice_the_replicas_so_that_an_update_fits() -> None:
    text = configuration(deployed(paths={"/*": "web", "/api/*": "api"}))

    assert "server-template replica 1-12 tasks.web-local-web:8080 " in text
    assert "server-template replica 1-8 tasks.web-local-api:9000 " in text
    assert "http-check send meth GET uri '/api/ready' " in text


def test_only_the_clients_port_is_published() -> None:
    proxy = deployed().named("edge-proxy").inputs

    (port,) = proxy["endpointSpec"]["ports"]
    assert port == {"targetPort": 8080, "publishedPort": 8443, "publishMode": "host", "protocol": "tcp"}
    assert proxy["endpointSpec"]["mode"] == "dnsrr"
    assert proxy["updateConfig"]["order"] == "stop-first", "two cannot hold one port of one node"


def test_there_is_one_or_one_on_each_node_of_three_zones() -> None:
    one = deployed().named("edge-proxy").inputs
    everywhere = deployed(replace(SETTINGS, zones=("a", "b", "c"))).named("edge-proxy").inputs

    assert one["mode"] == {"replicated": {"replicas": 1}}
    assert one["convergeConfig"]
    assert everywhere["mode"] == {"global": True}
    assert "convergeConfig" not in everywhere, "the provider refuses the two together"


def test_the_proxy_has_no_privilege_and_no_place_to_write() -> None:
    container = deployed().named("edge-proxy").inputs["taskSpec"]["containerSpec"]

    assert (container["user"], container["readOnly"], container["capDrops"]) == ("10001:10001", True, ["ALL"])
    assert container["healthcheck"]["tests"][-2:] == ["8404", "/healthz"]
    assert container["stopGracePeriod"] == "10s"
    assert "hard-stop-after 8s" in configuration(deployed()), "it ends by itself before it is killed"


def test_a_limit_per_client_is_there_only_when_it_was_asked_for() -> None:
    limited = configuration(deployed(replace(SETTINGS, client_requests_per_second=50)))

    assert "sc_http_req_rate(0) gt 50" in limited
    assert "stick-table" not in configuration(deployed()), "behind loopback all clients share one address"


def test_what_is_said_of_a_client_is_believed_where_only_a_cdn_arrives() -> None:
    graph = deployed(replace(SETTINGS, client_requests_per_second=50))
    text = configuration(graph)

    (port,) = graph.named("edge-proxy").inputs["endpointSpec"]["ports"]
    assert port["targetPort"] == 8080, "the other port is published to nobody"
    assert "acl linked dst_port 8081" in text
    for header in ("X-Forwarded-For %[src]", "X-Forwarded-Proto http", "X-Forwarded-Port 8443"):
        (line,) = [one for one in text.splitlines() if f"set-header {header}" in one]
        assert " unless linked" in line
    assert "track-sc0 var(txn.client)" in text, "a limit for each client, not for the CDN as one"


def test_a_request_that_no_replica_has_room_for_is_refused_at_once_and_told_when_to_come_again() -> None:
    text = configuration(
        deployed(replace(SETTINGS, requests_in_flight_per_replica=7), paths={"/*": "web", "/api/*": "api"})
    )

    shed = [line for line in text.splitlines() if "be_conn(" in line]
    assert {line.split("be_conn(")[1].split(")")[0] for line in shed} == {"web", "api"}, (
        "each service by its own room: one that is busy refuses nobody of the other"
    )
    for line, service in ((one, one.split("be_conn(")[1].split(")")[0]) for one in shed):
        own = text.split(f"\nbackend {service}\n")[1].split("\nbackend ")[0]
        assert line in own, "what is refused counts as having come to this service: it is demand for its controller"
        assert f"set-var(txn.room) nbsrv({service}),mul(7)" in own.split(line)[0], (
            "room is that of replicas that are up"
        )
        assert f"nbsrv({service}) gt 0" in line, "where checks fail it is not room that is missing"
        assert "status 503" in line
        assert "hdr Retry-After 2" in line
    assert re.search(r"http-error status 503 .* hdr Retry-After 2", text), (
        "nor is anybody left without who waited in vain"
    )


@pytest.mark.parametrize(("held", "at_once"), [(512, 64), (7, 7)])
def test_what_a_replica_has_no_time_for_yet_waits_at_the_load_balancer(held: int, at_once: int) -> None:
    text = configuration(deployed(replace(SETTINGS, requests_in_flight_per_replica=held)))

    assert text.count(f" maxconn {at_once} ") == 1, "and no more are given to it than are held at all"


def test_the_address_and_the_links_go_out_for_pictures_and_people() -> None:
    graph = deployed(paths={"/*": "web", "/api/*": "api"})

    outputs = graph.named("edge").outputs
    assert outputs["url"] == "http://localhost:8443"
    assert {(link["to"], link["port"]) for link in outputs["links"]} == {
        (graph.named("web").urn, 8080),
        (graph.named("api").urn, 9000),
    }


def test_a_domain_is_refused_with_the_reason() -> None:
    with pytest.raises(InvalidArgsError) as caught:
        deployed(args=LoadBalancerArgs(domain=Domain(name="www.example.org", zone="example.org")))

    (problem,) = caught.value.problems
    assert problem.startswith("load_balancer/edge/domain: not available on local; ")


@pytest.mark.parametrize("path", ["/a b", "/a'", '/a"', "/a\nbackend evil", "/ä", "/a?b", "/a#b"])
def test_a_path_that_would_change_the_configuration_is_refused(path: str) -> None:
    with pytest.raises(InvalidArgsError) as caught:
        deployed(paths={"/*": "web", path: "api"})

    assert any("must consist of letters" in problem for problem in caught.value.problems)


def test_so_is_a_ready_path_that_would() -> None:
    with pytest.raises(InvalidArgsError, match="must consist of letters"):
        deployed(
            paths={"/*": "web", "/api/*": "api"},
            api=ServiceArgs(health=HealthCheck(ready_path="/r' ver HTTP/1.0\n  option httplog")),
        )


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidArgsError) as caught:
        deployed(
            args=LoadBalancerArgs(domain=Domain(name="www.example.org", zone="example.org")), paths={"/a b": "web"}
        )

    assert len(caught.value.problems) == 3, "the domain, the missing route for the rest, the path"
