"""What the controller makes of counters, and when it says that it does not know."""

import time
from http.client import IncompleteRead
from urllib.error import URLError

from components.controller.agent.metrics import Counters, Requests, Sample, Usage, requests_in
from components.controller.agent.swarm import Service, Task, View

CSV = "# pxname,svname,stot,\nclients,FRONTEND,90,\nweb,replica1,,\nweb,BACKEND,{0},\nweb-unchecked,BACKEND,5,\n"


def service(name: str, role: str, tasks: int, since: float = 0.0) -> Service:
    made = tuple(Task(id=f"{name}{one}", node="n", running=True, since=since) for one in range(tasks))
    return Service(
        id=name, name=f"s-{name}", component=name, role=role, replicas=tasks, cpu_limit=0.5, scaling={}, update="",
        changed=0.0, tasks=made,
    )  # fmt: skip


WEB = service("web", "replica", 2)
VIEW = View(services={"s-web": WEB, "s-edge": service("edge", "load-balancer", 2)})


def test_both_pools_of_a_service_count() -> None:
    assert list(requests_in(CSV.format(10))) == [("web", 10.0), ("web", 5.0)]


def test_a_restart_counts_from_zero_and_a_short_window_says_nothing() -> None:
    counters = Counters()
    counters.add(Sample(at=0, counters={"a": 100}))
    assert counters.rates() == {}
    counters.add(Sample(at=5, counters={"a": 150}))
    counters.add(Sample(at=10, counters={"a": 50}))

    assert counters.rates() == {"a": 10.0}


def test_looks_a_little_late_still_span_the_whole_window() -> None:
    counters = Counters()
    for look, total in enumerate((0, 0, 150, 300)):
        counters.add(Sample(at=look * 5.02, counters={"a": total}))

    assert round(counters.rates()["a"], 2) == round(300 / (3 * 5.02), 2), "15 s, not 10: else it would follow each gust"


def test_what_was_refused_or_waits_is_demand_too() -> None:
    text = "# pxname,svname,stot,req_tot,\nweb,BACKEND,30,9,\n"

    assert list(requests_in(text)) == [("web", 30.0)]


def balancers(totals: dict[str, list[int | None]]) -> Requests:
    """Load balancers whose totals at each look are given; None: it does not answer."""
    looks = iter(range(100))
    now = {"look": 0}

    def ask(url: str) -> str:
        total = totals[url.split("/")[2].split(":", maxsplit=1)[0]][now["look"]]
        if total is None:
            raise OSError
        return CSV.format(total)

    requests = Requests(ask)
    for look in looks:
        if look >= len(next(iter(totals.values()))):
            break
        now["look"] = look
        requests.look(VIEW, look * 5.0, lambda _: list(totals))
    return requests


def test_requests_of_all_load_balancers_are_shared_by_the_replicas() -> None:
    reading = balancers({"1": [0, 50, 100], "2": [0, 100, 200]}).reading(WEB)

    assert reading.value == 60 * (10 + 20) / 2
    assert not reading.partial


def test_a_load_balancer_that_is_silent_makes_it_a_part() -> None:
    reading = balancers({"1": [0, 50, 100], "2": [0, 100, None]}).reading(WEB)

    assert reading.partial
    assert "1 of 2" in reading.reason


def test_when_none_tells_nothing_is_known() -> None:
    assert balancers({"1": [0, 50, None], "2": [0, 100, None]}).reading(WEB).value is None, "what was is stale"


def usage(*told: str | Exception) -> Usage:
    """What the controllers of so many nodes said at the last look."""

    def ask(url: str) -> str:
        answer = told[int(url.split("/")[2].split(":", maxsplit=1)[0])]
        if isinstance(answer, Exception):
            raise answer
        return answer

    found = Usage(ask)
    found.look([str(node) for node in range(len(told))])
    return found


def test_cpu_is_in_percent_of_what_a_replica_may_use_and_leaves_new_ones_out() -> None:
    told = usage('{"web0": [[11, 0], [6, 1], [1, 2]], "web1": [[11, 0], [6, 4], [1, 8]]}')
    young = Task(id="web1", node="n", running=True, since=9.0)
    some = Service(**{**vars(WEB), "tasks": (WEB.tasks[0], young)})

    assert told.reading(some, 10, 10.0).value == 100 * 0.2 / 0.5


def test_cpu_is_over_the_time_between_samples_whenever_somebody_looks() -> None:
    told = usage('{"web0": [[21.2, 0], [15.9, 0], [9.1, 2], [1.9, 4.2]]}', '{"web1": [[14.5, 0], [0.5, 4.2]]}')

    reading = told.reading(WEB, 10, 100.0)

    assert reading.value is not None
    assert round(reading.value, 6) == 100 * 0.3 / 0.5, "14 s on each node's own clock, without what left the window"
    assert not reading.partial


def test_a_node_that_does_not_tell_makes_cpu_a_part() -> None:
    told = usage('{"web0": [[11, 0], [1, 2]]}', OSError("no route"))

    assert told.reading(WEB, 10, 100.0).value == 100 * 0.2 / 0.5
    assert told.reading(WEB, 10, 100.0).partial


def test_a_node_that_told_before_and_does_not_now_is_not_taken_for_one_that_tells() -> None:
    answers = iter(['{"web0": [[11, 0], [1, 2]]}', "{}"])
    told = Usage(lambda _: next(answers))
    told.look(["1"])
    assert told.reading(WEB, 10, 100.0).value is not None
    told.look(["1"])

    assert told.reading(WEB, 10, 100.0).value is None


def test_a_controller_of_another_version_and_an_answer_that_ends_in_the_middle_do_not_tell() -> None:
    told = '{"web0": [[11, 0], [1, 2]]}'
    others = (
        *('{"web1": 4.2}', '{"web1": [4.2, 5.1]}', '{"web1": [["a", 1], ["b", 2]]}', "[]", "3", "null", "", "{"),
        *(IncompleteRead(b""), URLError("404")),
    )
    for other in others:
        reading = usage(told, other).reading(WEB, 10, 100.0)

        assert reading.value == 100 * 0.2 / 0.5, other
        assert reading.reason == "1 of 2 warm replicas tell"


def test_nodes_that_died_cost_one_time_out_and_not_one_each() -> None:
    began = time.monotonic()

    def ask(_: str) -> str:
        time.sleep(0.2)
        raise TimeoutError

    Usage(ask).look([str(node) for node in range(10)])

    assert time.monotonic() - began < 1
