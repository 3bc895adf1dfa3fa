"""When replicas are placed anew."""

from components.controller.agent.spreading import Spreading, place_anew
from components.controller.agent.swarm import Service, Task, View

ZONES = {"1": "a", "2": "b", "3": "c"}


def stack(nodes: str, *, replicas: int = 0, update: str = "", changed: float = 0.0, zones: str = "123") -> View:
    tasks = tuple(Task(id=str(place), node=node, running=True, since=0.0) for place, node in enumerate(nodes))
    web = Service(
        id="web", name="web", component="web", role="replica", replicas=replicas or len(nodes), cpu_limit=1.0,
        scaling=None, update=update, changed=changed, tasks=tasks,
    )  # fmt: skip
    return View(zones={node: ZONES[node] for node in zones}, services={"web": web})


def due_after(seconds: float, view: View) -> bool:
    spreading = Spreading()
    spreading.due(view.services["web"], view, 1000.0)
    return spreading.due(view.services["web"], view, 1000.0 + seconds) is not None


def test_a_zone_without_replicas_gets_some_once_it_was_there_for_a_while() -> None:
    assert not due_after(9, stack("112212"))
    assert due_after(10, stack("112212"))


def test_nothing_is_moved_where_every_zone_has_one_or_is_gone() -> None:
    assert not due_after(60, stack("112213"))
    assert not due_after(60, stack("112212", zones="12"))


def test_fewer_replicas_than_zones_need_only_as_many_zones() -> None:
    assert not due_after(60, stack("12"))


def test_nothing_is_moved_while_replicas_are_missing_or_a_deployment_runs_or_was_stopped() -> None:
    assert not due_after(60, stack("1122", replicas=6))
    assert not due_after(60, stack("112212", update="updating"))
    assert not due_after(60, stack("112212", update="paused"))


def test_every_half_a_minute_at_most_whoever_leads() -> None:
    assert not due_after(15, stack("112212", changed=990.0))
    assert due_after(25, stack("112212", changed=990.0))


def test_placing_anew_keeps_everything_else() -> None:
    spec = {"TaskTemplate": {"ForceUpdate": 2, "Resources": {}}, "Name": "web"}

    assert place_anew(spec)
    assert spec == {"TaskTemplate": {"ForceUpdate": 3, "Resources": {}}, "Name": "web"}
