"""Events of the drill, Docker and the load balancer on one clock."""

import queue
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from archkit.drills.timeline import FAULT, HEALING, Timeline, changes, docker_text

CSV = (
    "# pxname,svname,status,check_status,\nweb,FRONTEND,OPEN,,\nweb,web1,{},{},\nweb,web2,UP,L7OK,\nweb,BACKEND,UP,,\n"
)


def wait_for(timeline: Timeline, count: int) -> list[str]:
    deadline = time.monotonic() + 5
    while len(timeline.events) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return [event.text for event in timeline.events]


def test_marks_are_in_order_on_both_clocks() -> None:
    timeline = Timeline()
    timeline.mark("back", kind=HEALING)
    timeline.add("broken", source="drill", kind=FAULT, monotonic=time.monotonic() - 10)

    assert [event.text for event in timeline.events] == ["broken", "back"]
    fault = timeline.first(FAULT)
    assert fault is not None
    assert fault.wall == pytest.approx(time.time() - 10, abs=0.5)
    assert timeline.first("note") is None


def test_only_servers_that_changed_are_told() -> None:
    states: dict[str, str] = {}

    assert changes(states, CSV.format("UP", "L7OK")) == [], "the first look has nothing to compare with"
    assert changes(states, CSV.format("UP", "L7OK")) == []
    assert changes(states, CSV.format("DOWN", "* L4TOUT")) == ["web/web1 UP → DOWN (L4TOUT)"]
    assert changes(states, CSV.format("UP", "")) == ["web/web1 DOWN → UP"]


def test_a_server_that_appears_later_is_told() -> None:
    states = {"web/web1": "UP", "web/web0": "UP"}

    assert changes(states, CSV.format("UP", "")) == ["web/web2 new → UP (L7OK)"]


def test_a_load_balancer_that_falls_silent_is_an_event() -> None:
    answers = iter([CSV.format("UP", "L7OK"), OSError(), OSError(), CSV.format("DOWN", "L4CON")])

    def fetch() -> str:
        answer = next(answers, CSV.format("DOWN", "L4CON"))
        if isinstance(answer, OSError):
            raise answer
        return answer

    with Timeline() as timeline:
        timeline.watch_load_balancer(fetch, poll_seconds=0.01)
        texts = wait_for(timeline, 3)

    assert texts == ["its statistics cannot be read", "its statistics are read again", "web/web1 UP → DOWN (L4CON)"]
    assert {event.source for event in timeline.events} == {"load balancer"}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (
            {
                "Type": "container",
                "Action": "die",
                "Actor": {"Attributes": {"name": "web-local-web.2.x9", "exitCode": "137"}},
            },
            "web-local-web.2 die (exit code 137)",
        ),
        (
            {"Type": "container", "Action": "health_status: healthy", "Actor": {"Attributes": {"name": "w.1.a"}}},
            "w.1 healthy",
        ),
        ({"Type": "service", "Action": "update", "Actor": {"Attributes": {"name": "web"}}}, "web update"),
        ({"Type": "network", "Action": "disconnect", "Actor": {"ID": "abc", "Attributes": {}}}, "abc disconnect"),
        ({"Type": "container", "Action": "exec_start: /bin/check", "Actor": {"Attributes": {"name": "web"}}}, ""),
        ({}, ""),
    ],
)
def test_events_of_docker_are_short_and_without_noise(raw: dict[str, Any], text: str) -> None:
    assert docker_text(raw) == text


class FakeDocker:
    """Streams what is put into it until it is closed."""

    def __init__(self) -> None:
        self.raw: queue.Queue[Mapping[str, Any] | None] = queue.Queue()
        self.filters: Mapping[str, Any] = {}
        self.breaks = False

    def events(self, *, decode: bool, filters: Mapping[str, Any]) -> "FakeDocker":
        assert decode
        self.filters = filters
        return self

    def close(self) -> None:
        self.raw.put(None)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        while (raw := self.raw.get()) is not None:
            if self.breaks:
                raise OSError
            yield raw


def test_docker_is_followed_with_its_own_times_and_ends_with_the_timeline() -> None:
    docker = FakeDocker()
    with Timeline() as timeline:
        timeline.watch_docker(docker, stack="web-local")
        at = time.time() - 3
        docker.raw.put(
            {"Type": "container", "Action": "kill", "timeNano": int(at * 1e9), "Actor": {"Attributes": {"name": "web"}}}
        )
        assert wait_for(timeline, 1) == ["web kill"]

    assert docker.filters == {"label": "archkit.stack=web-local"}
    assert timeline.events[0].monotonic == pytest.approx(time.monotonic() - 3, abs=0.5)


def test_a_stream_that_breaks_is_told() -> None:
    docker = FakeDocker()
    docker.breaks = True
    with Timeline() as timeline:
        timeline.watch_docker(docker, stack="web-local")
        docker.raw.put({})
        assert wait_for(timeline, 1) == ["event stream lost: OSError"]


def test_a_view_notes_each_change_and_who_does_not_answer() -> None:
    answers = iter(
        [{"one": "primary", "two": "standby"}, {"one": "primary", "two": "standby"}, {"two": "primary"}, OSError()]
    )

    def ask() -> Mapping[str, str]:
        answer = next(answers, OSError())
        if isinstance(answer, Exception):
            raise answer
        return answer

    with Timeline() as timeline:
        timeline.watch_states(ask, source="database", poll_seconds=0.01)
        told = wait_for(timeline, 3)

    assert told == ["one primary → no answer", "two standby → primary", "two primary → no answer"]
    assert {event.source for event in timeline.events} == {"database"}
