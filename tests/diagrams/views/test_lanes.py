"""On a host without zones, components stand side by side, each with its own order of traffic."""

from typing import Any

import pulumi_docker as docker
from topology.derive import derive
from topology.icons import Icons
from topology.kinds import Kind, Placement
from topology.parts import Node
from topology.views import deployment, metrics
from topology.views.deployment.lanes import lanes, shelves
from topology.views.order import layers
from topology.views.scene import Rect, Text

from archkit.recorder import record

from .handmade.base import edge


def _node(id_: str, component: str) -> Node:
    return Node(id=id_, kind=Kind.SERVICE, label=id_, component=component)


NODES = [_node("pool", "db"), _node("pool2", "db"), _node("store", "db"), _node("cache", "cache"), _node("lone", "")]
LEVEL = {"pool": 1, "pool2": 1, "store": 2, "cache": 1, "lone": 5}


def test_a_lane_holds_one_component_from_top_to_bottom() -> None:
    found = [[[one.id for one in step] for step in lane.steps] for lane in lanes(NODES, LEVEL, 4)]
    assert found == [[["pool", "pool2"], ["store"]], [["cache"]], [["lone"]]]


def test_a_step_wider_than_the_page_is_broken() -> None:
    (lane, *_) = lanes(NODES, LEVEL, 1)
    assert [[one.id for one in step] for step in lane.steps] == [["pool"], ["pool2"], ["store"]]


def test_lanes_without_room_go_below() -> None:
    assert [[lane.units for lane in shelf] for shelf in shelves(lanes(NODES, LEVEL, 4), 4)] == [[2, 1, 1]]
    assert [[lane.units for lane in shelf] for shelf in shelves(lanes(NODES, LEVEL, 3), 3)] == [[2, 1], [1]]


def test_what_only_waits_for_a_loop_stands_behind_it() -> None:
    nodes = [_node(one, "") for one in ("a-last", "b-loop", "c-loop")]
    edges = [edge("b-loop", "c-loop"), edge("c-loop", "b-loop"), edge("c-loop", "a-last")]
    found = layers(nodes, edges)
    assert found["a-last"] > found["c-loop"] > found["b-loop"], "its name alone put it before those that send to it"


def test_the_local_api_fits_a_page_and_names_all_it_shows(record_stack: Any) -> None:
    model = derive(record_stack("api-local"))
    scene = deployment.scene(model, Icons())
    assert scene.height < 1.7 * scene.width, "a picture that must be scrolled twice shows no whole"
    shown = {one.text for one in scene.shapes if isinstance(one, Text)}
    assert [node.label for node in model.nodes if metrics.clean(node.label) not in shown] == []
    assert not [one for one in scene.shapes if isinstance(one, Rect) and one.box.right > scene.width]


def test_one_on_every_node_stands_in_every_zone(record_stack: Any) -> None:
    model = derive(record_stack("web-lab"))
    (agent,) = [node for node in model.nodes if node.label == "controller-agent"]
    assert agent.zones == ("a", "b", "c")
    assert len([one for one in deployment.scene(model, Icons()).icons() if one.owner == agent.id]) == 3


def test_a_single_replica_that_swarm_places_is_drawn_once() -> None:
    model = derive(record(_swarm))
    found = {node.label: (node.zones, node.placement, node.zone_note) for node in model.nodes}
    assert found["lone"] == ((), Placement.MAY, "zone chosen by Swarm")
    assert found["many"] == (("a", "b"), Placement.MAY, "spread by Swarm")


def _swarm() -> None:
    def service(name: str, replicas: int, **placed: Any) -> None:
        docker.Service(
            name,
            name=name,
            mode=docker.ServiceModeArgs(replicated=docker.ServiceModeReplicatedArgs(replicas=replicas)),
            task_spec=docker.ServiceTaskSpecArgs(
                container_spec=docker.ServiceTaskSpecContainerSpecArgs(image="example/x:1"),
                placement=docker.ServiceTaskSpecPlacementArgs(**placed),
            ),
        )

    service("pinned-a", 1, constraints=["node.labels.archkit.zone==a"])
    service("pinned-b", 1, constraints=["node.labels.archkit.zone==b"])
    service("lone", 1, prefs=["node.labels.archkit.zone"])
    service("many", 2, prefs=["node.labels.archkit.zone"])
