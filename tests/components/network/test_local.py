"""The network on a swarm: who may connect to whom, and where parts are spread."""

import pytest

from archkit.recorder import record
from components.errors import InvalidArgsError
from components.network import NetworkArgs
from components.network.local import LocalNetwork
from components.settings import LocalSettings


def test_each_component_that_asks_gets_a_network_of_its_own() -> None:
    def program() -> None:
        network = LocalNetwork("network", NetworkArgs(), settings=LocalSettings())
        network.overlay("web", internal=False)
        network.overlay("orders", internal=True)

    graph = record(program, stack="web-local")

    made = {one.inputs["name"]: one.inputs for one in graph.of_type("docker:index/network:Network")}
    assert set(made) == {"web-local-web", "web-local-orders"}
    assert {one["driver"] for one in made.values()} == {"overlay"}, "parts may run on different nodes"
    assert made["web-local-orders"]["internal"], "data has no way out of the host"
    assert not made["web-local-web"]["internal"]
    component = graph.named("network")
    assert len(graph.children(component.urn)) == len(made), "a network outside would survive its design's deletion"


def test_a_network_says_whose_it_is() -> None:
    graph = record(
        lambda: LocalNetwork("network", NetworkArgs(), settings=LocalSettings()).overlay("web", internal=False),
        stack="web-local",
    )

    (made,) = graph.of_type("docker:index/network:Network")
    assert {one["label"]: one["value"] for one in made.inputs["labels"]} == {
        "archkit.stack": "web-local",
        "archkit.component": "web",
        "archkit.role": "network",
    }


@pytest.mark.parametrize(
    ("labelled", "wanted", "spread"),
    [
        ((), 3, ()),
        (("a", "b"), 3, ()),
        (("a", "b", "c"), 3, ("a", "b", "c")),
        (("a", "b", "c", "d"), 3, ("a", "b", "c")),
        (("a", "b", "c"), 1, ()),
    ],
)
def test_parts_are_spread_only_where_three_zones_exist_and_are_wanted(labelled, wanted, spread) -> None:
    seen: list[tuple[str, ...]] = []

    def program() -> None:
        made = LocalNetwork("network", NetworkArgs(zones=wanted), settings=LocalSettings(zones=labelled))
        seen.append(tuple(made.zones))

    record(program)

    assert seen == [spread]


def test_a_name_that_no_dns_label_holds_is_refused() -> None:
    with pytest.raises(InvalidArgsError, match=r"network/network/web: .* at most 63 characters, got 71"):
        record(
            lambda: LocalNetwork("network", NetworkArgs(), settings=LocalSettings()).overlay("web", internal=False),
            stack="s" * 67,
        )
