"""On an overlay network, which knows no direction and no port, only what is known is held against a declared link."""

from collections.abc import Sequence

import pulumi
import pulumi_docker as docker
from topology.derive import derive
from topology.kinds import EdgeKind
from topology.model import Model

from archkit.recorder import record


class Part(pulumi.ComponentResource):
    """A component with containers and declared links."""

    def __init__(self, name: str) -> None:
        super().__init__("test:index:Part", name)
        self.name = name

    def network(self, name: str = "") -> docker.Network:
        label = docker.NetworkLabelArgs(label="archkit.component", value=self.name)
        return docker.Network(name or self.name, labels=[label], opts=pulumi.ResourceOptions(parent=self))

    def runs(
        self, image: str, *networks: docker.Network, name: str = "", alias: str = "", words: Sequence[str] = ()
    ) -> None:
        joined = [
            docker.ContainerNetworksAdvancedArgs(name=one.id, aliases=[alias] if alias else []) for one in networks
        ]
        docker.Container(
            name or self.name,
            name=name or self.name,
            image=image,
            labels=[docker.ContainerLabelArgs(label="archkit.component", value=self.name)],
            envs=list(words),
            networks_advanced=joined,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def done(self, *links: "tuple[Part, int]") -> None:
        self.register_outputs({"links": [{"to": one.urn, "port": port} for one, port in links]})


def _arrows(model: Model) -> list[tuple[str, str, str, str]]:
    short = {node.id: node.label for node in model.nodes}
    return sorted((short[one.source], short[one.target], one.label, one.disagreement) for one in model.edges)


def test_a_port_that_was_only_guessed_gives_way_to_the_declared_one() -> None:
    def program() -> None:
        orders, web = Part("orders"), Part("web")
        network = orders.network()
        orders.runs("haproxy:3", network)
        web.runs("example/web", network)
        orders.done()
        web.done((orders, 5432))

    assert _arrows(derive(record(program))) == [("web", "orders", "5432", "")]


def test_a_port_that_the_graph_names_is_held_against_the_declared_one() -> None:
    def program() -> None:
        orders, web = Part("orders"), Part("web")
        network = orders.network()
        orders.runs("haproxy:3", network)
        web.runs("example/web", network, words=["STORE=orders:5433"])
        orders.done()
        web.done((orders, 5432))

    assert _arrows(derive(record(program)))[0][3] == "the link declares port 5432, the network rules allow 5433"


def test_a_link_covers_both_ends_of_one_conversation() -> None:
    def program() -> None:
        orders, backup = Part("orders"), Part("backup")
        network = orders.network()
        orders.runs("postgres:17", network, words=["ARCHIVE=backup"])
        backup.runs("example/pgbackrest", network, words=["SOURCE=orders:5432"])
        orders.done()
        backup.done((orders, 5432))

    assert [one[3] for one in _arrows(derive(record(program)))] == ["", ""]


def test_what_the_other_end_does_not_declare_either_is_still_said() -> None:
    def program() -> None:
        orders, backup = Part("orders"), Part("backup")
        network = orders.network()
        orders.runs("postgres:17", network, words=["ARCHIVE=backup"])
        backup.runs("example/pgbackrest", network)
        orders.done()
        backup.done()

    found = {one[:2]: one[3] for one in _arrows(derive(record(program)))}
    assert found["orders", "backup"].endswith("but no link declares it")


def test_a_controller_watches_who_joins_its_network() -> None:
    def program() -> None:
        controller, edge = Part("controller"), Part("edge")
        network = controller.network()
        controller.runs("example/controller", network)
        edge.runs("haproxy:3", network)
        controller.done()
        edge.done()

    (edge,) = derive(record(program)).edges
    assert (edge.source, edge.target) == ("docker-container-controller", "docker-container-edge")
    assert (edge.kind, edge.disagreement) == (EdgeKind.TELEMETRY, "")


def test_an_alias_counts_only_where_a_host_would_stand() -> None:
    def program(text: str) -> Model:
        def run() -> None:
            part = Part("backup")
            network = part.network()
            part.runs("example/pgbackrest", network, name="archive", alias="repository")
            part.runs("example/sshd", network, name="offsite", words=[text])
            part.done()

        return derive(record(run))

    assert not program("AllowUsers repository").edges, "a user's name is no host"
    assert len(program("repo1-host=repository").edges) == 1
    assert len(program("connect to repository:8432").edges) == 1
