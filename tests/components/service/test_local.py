"""A service on a swarm: its promises as Docker is told them."""

import json
from dataclasses import replace

import pulumi
import pulumi_docker as docker
import pytest

from archkit.graph import Graph
from archkit.recorder import record
from components.access.local import LocalAccess, LocalReachable, LocalSecret
from components.connect import Connectable, Endpoint
from components.controller.agent.policy import Policy
from components.errors import InvalidArgsError
from components.image import ImageArgs
from components.network import Network, NetworkArgs
from components.service import Capacity, HealthCheck, ScalingPolicy, ScheduledMinimum, ServiceArgs, Size
from components.service.local import LIMITS
from components.settings import LocalSettings
from components.targets.local import LocalTarget

SETTINGS = LocalSettings(images={"web": "archkit/web:1"})
TYPE = "docker:index/service:Service"


class Orders(Connectable, LocalReachable):
    """A database stand-in: a network to join and a password to read."""

    def __init__(self, network: LocalTarget | Network) -> None:
        super().__init__("archkit:local:Database", "orders", None, None)
        self._network = network.overlay("orders", internal=True)  # type: ignore[union-attr]
        self.password = docker.Secret(self.part("password"), data="c2VjcmV0", opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({})

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(scheme="postgresql", host="tasks.web-local-orders", port=5432)

    @property
    def access(self) -> LocalAccess:
        secret = LocalSecret(id=self.password.id, name=self.password.name, file_name="/run/secrets/orders-password")
        return LocalAccess(network_id=self._network, port=5432, secrets=[secret])


def deployed(args: ServiceArgs, settings: LocalSettings = SETTINGS, *, linked: bool = False) -> Graph:
    def program() -> None:
        target = LocalTarget(settings)
        network = target.network("network", NetworkArgs())
        image = target.image("image", ImageArgs(app="web"))
        links = [Orders(network)] if linked else []
        target.service("web", args, network=network, image=image, links=links)

    return record(program, stack="web-local")


def service(graph: Graph):
    (made,) = [one for one in graph.of_type(TYPE) if one.name == "web-replica"]
    return made


def container(graph: Graph):
    return service(graph).inputs["taskSpec"]["containerSpec"]


def test_the_service_runs_the_image_in_its_own_network_and_nowhere_else() -> None:
    graph = deployed(ServiceArgs())

    read = {(one.path, one.output): one.urn for one in service(graph).references}
    network = graph.named("network-web")
    assert read == {("taskSpec.networksAdvanceds[0].id", "id"): network.urn}
    assert container(graph)["image"] == "archkit/web:1"
    assert service(graph).inputs["name"] == "web-local-web"
    assert service(graph).inputs["endpointSpec"] == {"mode": "dnsrr"}, "a virtual address needs IPVS"


def test_a_link_joins_the_other_network_mounts_its_secret_and_tells_its_address() -> None:
    graph = deployed(ServiceArgs(), linked=True)

    made = service(graph)
    networks = {one.urn for one in made.references if one.path.startswith("taskSpec.networksAdvanceds")}
    assert networks == {graph.named("network-web").urn, graph.named("network-orders").urn}
    (secret,) = container(graph)["secrets"]
    assert secret["fileName"] == "/run/secrets/orders-password"
    assert (secret["fileUid"], secret["fileMode"]) == ("10001", 0o400), "nobody but the application reads it"
    environment = container(graph)["env"]
    assert environment["ORDERS_HOST"] == "tasks.web-local-orders"
    assert environment["ORDERS_PORT"] == "5432"
    assert not any("PASSWORD" in key for key in environment), "an environment shows up in every inspection"
    (link,) = graph.named("web").outputs["links"]
    assert link == {"to": graph.named("orders").urn, "port": 5432}


def test_without_links_it_gets_no_secret_and_no_foreign_variable() -> None:
    graph = deployed(ServiceArgs(environment={"MODE": "fast"}))

    assert not container(graph).get("secrets")
    names = set(container(graph)["env"])
    assert {name for name in names if not name.startswith("ARCHKIT_")} == {"PORT", "MODE"}


def test_a_replica_has_no_privilege_and_writes_nowhere_but_to_memory() -> None:
    made = container(deployed(ServiceArgs()))

    assert made["user"] == "10001:10001"
    assert made["readOnly"]
    assert made["capDrops"] == ["ALL"]
    assert "capAdds" not in made
    assert made["init"], "a process that nobody reaps stays"
    assert {mount["type"] for mount in made["mounts"]} == {"tmpfs"}


def test_it_is_given_longer_to_stop_than_it_drains() -> None:
    made = container(deployed(ServiceArgs(drain_seconds=55)))

    assert made["stopGracePeriod"] == "1m", "a kill at the end of the drain would cut off the last request"
    told = made["env"]
    assert float(told["ARCHKIT_UNREADY_SECONDS"]) + float(told["ARCHKIT_GRACE_SECONDS"]) == 55
    short = container(deployed(ServiceArgs(drain_seconds=1)))["env"]
    assert float(short["ARCHKIT_UNREADY_SECONDS"]) < 1


def test_an_update_starts_the_new_before_it_stops_the_old_and_goes_back_where_it_fails() -> None:
    made = service(deployed(ServiceArgs(capacity=Capacity(minimum=9, maximum=9)))).inputs

    assert made["updateConfig"]["order"] == made["rollbackConfig"]["order"] == "start-first"
    assert made["updateConfig"]["failureAction"] == "rollback"
    assert made["updateConfig"]["parallelism"] == 3, "at most a third of the replicas is new and untried"
    assert made["convergeConfig"], "who deploys waits until replicas run"


def test_the_count_belongs_to_whoever_scales_where_there_is_a_range() -> None:
    ranged = service(deployed(ServiceArgs(capacity=Capacity(minimum=2, maximum=6))))
    fixed = service(deployed(ServiceArgs(capacity=Capacity(minimum=4, maximum=4))))

    assert ranged.inputs["mode"]["replicated"]["replicas"] == 2
    assert ranged.options["ignoreChanges"] == ["mode.replicated.replicas"]
    assert "ignoreChanges" not in fixed.options, "a fixed count that somebody changed is put right"


def test_replicas_are_spread_over_zones_where_there_are_three() -> None:
    zones = replace(SETTINGS, zones=("a", "b", "c"))
    with_zones = service(deployed(ServiceArgs(), zones)).inputs["taskSpec"]
    without = service(deployed(ServiceArgs())).inputs["taskSpec"]

    assert with_zones["placement"]["prefs"] == ["node.labels.archkit.zone"]
    assert "placement" not in without


@pytest.mark.parametrize("size", list(Size))
def test_a_replica_gets_what_its_size_says(size: Size) -> None:
    limits = service(deployed(ServiceArgs(size=size))).inputs["taskSpec"]["resources"]["limits"]

    assert limits == {"nanoCpus": LIMITS[size].cpus * 10**9, "memoryBytes": LIMITS[size].megabytes * 2**20}


def test_each_size_is_larger_than_the_one_before() -> None:
    table = [LIMITS[size] for size in (Size.SMALL, Size.MEDIUM, Size.LARGE)]

    assert [one.cpus for one in table] == sorted({one.cpus for one in table})
    assert [one.megabytes for one in table] == sorted({one.megabytes for one in table})


def test_docker_asks_whether_it_lives_not_whether_it_wants_requests() -> None:
    health = HealthCheck(live_path="/alive", ready_path="/ready", start_seconds=90)
    check = container(deployed(ServiceArgs(port=9000, health=health)))["healthcheck"]

    assert check["tests"][-2:] == ["9000", "/alive"], "who drains would be replaced in the middle of it"
    assert check["startPeriod"] == "1m30s"


def test_logs_end_before_the_disk_does() -> None:
    driver = service(deployed(ServiceArgs())).inputs["taskSpec"]["logDriver"]

    assert driver == {"name": "json-file", "options": {"max-file": "3", "max-size": "10m"}}


def test_service_and_containers_carry_the_labels_by_which_the_kit_finds_them() -> None:
    graph = deployed(ServiceArgs())
    expected = {"archkit.stack": "web-local", "archkit.component": "web", "archkit.role": "replica"}

    for labels in (service(graph).inputs["labels"], container(graph)["labels"]):
        assert {one["label"]: one["value"] for one in labels}.items() >= expected.items()


def test_the_controller_is_told_the_policy_on_the_service_itself() -> None:
    night = ScheduledMinimum(name="night", schedule="0 22 * * *", minimum=3)
    labels = service(deployed(ServiceArgs(scaling=ScalingPolicy(schedules=(night,))))).inputs["labels"]

    (told,) = [one["value"] for one in labels if one["label"] == "archkit.scaling"]
    policy = Policy.read(json.loads(told))
    assert (policy.minimum, policy.maximum, policy.cpu_percent) == (3, 6, 60)
    assert [(one.schedule, one.minimum) for one in policy.schedules] == [("0 22 * * *", 3)]


def test_without_a_range_there_is_no_policy_and_no_controller() -> None:
    graph = deployed(ServiceArgs(capacity=Capacity(minimum=3, maximum=3)))

    assert "archkit.scaling" not in {one["label"] for one in service(graph).inputs["labels"]}
    assert not graph.of_type("archkit:local:Controller")


def test_a_link_to_another_target_is_refused() -> None:
    class Elsewhere(Connectable):
        def __init__(self) -> None:
            super().__init__("archkit:aws:Queue", "jobs", None, None)

        @property
        def endpoint(self) -> Endpoint:
            return Endpoint(scheme="amqps", host="x", port=5671)

    def program() -> None:
        target = LocalTarget(SETTINGS)
        network = target.network("network", NetworkArgs())
        image = target.image("image", ImageArgs(app="web"))
        target.service("web", ServiceArgs(), network=network, image=image, links=[Elsewhere()])

    with pytest.raises(InvalidArgsError, match="its link 'jobs' runs on aws"):
        record(program)


def test_the_control_of_drills_has_nothing_that_keeps_a_failure_from_clients() -> None:
    graph = deployed(ServiceArgs(capacity=Capacity(minimum=3, maximum=3)), replace(SETTINGS, protection=False))

    made = service(graph).inputs
    assert (made["updateConfig"]["order"], made["updateConfig"]["failureAction"]) == ("stop-first", "continue")
    assert "healthcheck" not in container(graph)
    assert container(graph)["env"]["ARCHKIT_UNREADY_SECONDS"] == "0", "it does not drain"
