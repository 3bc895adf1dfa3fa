"""What the controller makes of counters, and when it says that it does not know."""

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


def test_cpu_is_in_percent_of_what_a_replica_may_use_and_leaves_new_ones_out() -> None:
    told = ['{"web0": 0, "web1": 0}', '{"web0": 1, "web1": 4}', '{"web0": 2, "web1": 8}']
    usage = Usage(lambda _: told.pop(0))
    for at in (0.0, 5.0, 10.0):
        usage.look(["1"], at)
    young = Task(id="web1", node="n", running=True, since=9.0)
    some = Service(**{**vars(WEB), "tasks": (WEB.tasks[0], young)})

    assert usage.reading(some, 10, 10.0).value == 100 * 0.2 / 0.5
