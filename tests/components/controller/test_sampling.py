"""What a node tells of its replicas' processor time: at once, however slow its daemon is, and nothing that is old."""

import json
import time
import urllib.request
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from components.controller.agent import sampling
from components.controller.agent.docker_api import DockerError
from components.controller.agent.journal import Journal
from components.controller.agent.metrics import SLACK_SECONDS, WINDOW_SECONDS, Usage
from components.controller.agent.policy import Policy
from components.controller.agent.sampling import KEPT_SECONDS, Sampler
from components.controller.agent.server import Pulse, serve
from components.controller.agent.swarm import SCALING, Service, Task

EPOCH = 1_800_000_000.0
LOOK_SECONDS = 5.02
WEB = Service(
    id="web", name="s-web", component="web", role="replica", replicas=1, cpu_limit=1.0, scaling={}, update="",
    changed=0.0, tasks=(Task(id="t1", node="n", running=True, since=0.0),),
)  # fmt: skip


class Daemon:
    """One that tells of container `c1`, which uses 0.3 of a processor, as late as it is told to be."""

    def __init__(self, clock: Any = time) -> None:
        self.clock, self.late, self.took, self.asked = clock, 0.0, 0.0, 0
        self.broken: Exception | None = None
        self.ended: set[str] = set()
        self.ids = ["c1"]

    def get(self, path: str, **_: str) -> Any:
        if self.broken:
            raise self.broken
        if path == "/containers/json":
            self.asked += 1
            return [{"Id": one, "Labels": {"com.docker.swarm.task.id": f"t{one[1:]}"}} for one in self.ids]
        container = path.split("/")[2]
        if container == "c404":
            raise DockerError("no such container")
        self.clock.sleep(self.late)
        read, used = self.clock.time(), 0.3 * (self.clock.time() - EPOCH)
        self.clock.sleep(self.took)
        if container in self.ended:
            return {"read": "0001-01-01T00:00:00Z", "cpu_stats": {"cpu_usage": {"total_usage": 0}}}
        stamp = datetime.fromtimestamp(read, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
        return {"read": stamp, "cpu_stats": {"cpu_usage": {"total_usage": used * 1e9}}}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two clocks of one machine that go on only where somebody sleeps; they began at different times."""
    now = SimpleNamespace(seconds=0.0)

    def sleep(seconds: float) -> None:
        now.seconds += seconds

    made = SimpleNamespace(time=lambda: EPOCH + now.seconds, monotonic=lambda: 70.0 + now.seconds, sleep=sleep)
    monkeypatch.setattr(sampling, "time", made)
    return made


def cpu(sampler: Sampler) -> float | None:
    """What the leader makes of it now, in percent of one processor."""
    usage = Usage(lambda _: json.dumps(sampler.told()))
    usage.look(["1"])
    value = usage.reading(WEB, 0, 1.0).value
    return None if value is None else round(value, 3)


def test_rates_are_right_however_late_the_daemon_is_each_time_and_whether_a_look_finds_a_new_sample(clock) -> None:
    daemon = Daemon(clock)
    sampler = Sampler(daemon, "web", Journal())  # type: ignore[arg-type]
    seen: list[float | None] = []
    for number, looks in enumerate((1, 1, 2, 0, 1, 0, 3, 1, 1, 2)):
        clock.sleep(3)
        daemon.late, daemon.took = (0.9, 0.1, 0.5)[number % 3], (0.0, 0.8, 0.3, 1.1)[number % 4]
        sampler.sample()
        seen += [cpu(sampler) for _ in range(looks)]
        clock.sleep(2 - daemon.late - daemon.took)

    assert seen[:2] == [None, None], "a window of 8 s at least"
    assert set(seen[2:]) == {30.0}


def test_the_window_is_as_long_at_each_look_as_for_requests(clock) -> None:
    daemon = Daemon(clock)
    sampler = Sampler(daemon, "web", Journal())  # type: ignore[arg-type]
    for number in range(8):
        clock.sleep(3)
        daemon.late = (0.0, 1.2)[number % 2]
        sampler.sample()
        clock.sleep(2.02 - daemon.late)

    ages = [round(age, 2) for age, _ in sampler.told()["t1"]]
    assert ages[-1] <= 2.02
    assert WINDOW_SECONDS + 1 < ages[-4] - ages[-1] < WINDOW_SECONDS + SLACK_SECONDS, "four samples, with late ones too"


def test_a_sampler_that_hangs_is_not_taken_for_one_that_tells(clock) -> None:
    sampler = Sampler(Daemon(clock), "web", Journal())  # type: ignore[arg-type]
    for _ in range(4):
        clock.sleep(5)
        sampler.sample()
    assert cpu(sampler) == 30.0

    clock.sleep(12.5)
    assert cpu(sampler) is None, "two samples are missing"
    clock.sleep(KEPT_SECONDS)
    assert sampler.told() == {}


def test_a_replica_that_has_just_ended_or_is_gone_says_nothing_of_the_others(clock) -> None:
    daemon = Daemon(clock)
    daemon.ids, daemon.ended = ["c1", "c2", "c404"], {"c2"}
    sampler = Sampler(daemon, "web", Journal())  # type: ignore[arg-type]
    sampler.sample()

    assert list(sampler.told()) == ["t1"]


def until(true: Any) -> None:
    """Waits for what happens in another thread."""
    give_up = time.monotonic() + 5
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_it_is_answered_at_once_while_the_daemon_takes_seconds(monkeypatch) -> None:
    daemon = Daemon()
    daemon.took = 1.0
    sampler = Sampler(daemon, "web", Journal(), delay_seconds=0.0)  # type: ignore[arg-type]
    sampler.start()
    server = serve(Pulse(), sampler.told, port=0)
    url = f"http://127.0.0.1:{server.server_address[1]}/samples"

    def look() -> tuple[float, Any]:
        began = time.monotonic()
        with urllib.request.urlopen(url, timeout=5) as answer:
            told = json.load(answer)
        return time.monotonic() - began, told

    try:
        took, told = look()
        assert (took < 0.5, told) == (True, {})
        until(lambda: look()[1])
        took, told = look()
    finally:
        server.shutdown()
        server.server_close()

    assert took < 0.5
    assert 1.0 <= told["t1"][0][0] < 3, "as old as what the daemon read, not as its answer"


def test_nothing_is_sampled_while_nobody_asks_and_once_for_each_time_that_somebody_does() -> None:
    daemon = Daemon()
    sampler = Sampler(daemon, "web", Journal(), delay_seconds=0.05)  # type: ignore[arg-type]
    sampler.start()
    time.sleep(0.2)
    assert daemon.asked == 0

    for times in (1, 2):
        sampler.told()
        until(lambda: daemon.asked == times)  # noqa: B023
        time.sleep(0.2)
        assert daemon.asked == times


@pytest.mark.parametrize("broken", [DockerError("no answer in 10 s"), KeyError("cpu_stats")])
def test_a_daemon_that_fails_once_is_asked_again_and_the_log_says_so(broken, capsys) -> None:
    daemon = Daemon()
    daemon.broken = broken
    sampler = Sampler(daemon, "web", Journal(), delay_seconds=0.0)  # type: ignore[arg-type]
    sampler.start()
    said: list[str] = []

    def event() -> bool:
        said.extend(capsys.readouterr().out.splitlines())
        return bool(said)

    sampler.told()
    until(event)
    daemon.broken = None
    until(sampler.told)

    line = json.loads(said[0])
    assert line["event"] == "CPU is not sampled"
    assert line["reason"].startswith(type(broken).__name__)


@pytest.mark.parametrize(("target", "asked"), [(60.0, True), (None, False)])
def test_only_where_a_service_has_a_cpu_target_nodes_are_asked(controlled, monkeypatch, target, asked) -> None:
    urls: list[str] = []
    stack = controlled({"1": "a"}, "11")
    policy = Policy(minimum=1, maximum=3, cpu_percent=target, requests_per_replica_per_minute=100)
    stack.swarm.spec["Labels"][SCALING] = json.dumps(policy.document())
    monkeypatch.setattr("components.controller.agent.scaling.addresses", lambda name: ["node"] * ("tasks" in name))
    monkeypatch.setattr("components.controller.agent.scaling.ask", lambda url: urls.append(url) or "{}")
    stack.restart()
    stack.round()

    assert [url for url in urls if "/samples" in url] == ["http://node:8405/samples"] * asked
