"""What expectations ask of a running stack, and the load balancer's statistics."""

import json
import socket
import threading
import time
from dataclasses import replace

import pytest

from archkit.drills.faults.host import Host
from archkit.drills.observe import as_before, complete, incomplete, replaced, seldom, wait_until_complete, whole
from archkit.drills.statistics import _END, Statistics
from archkit.errors import UserError
from components.controller.agent.levelling import LEVELLING


class Daemon:
    """What the swarm should run, and an exec that answers as HAProxy does."""

    def __init__(self, replicas: int = 3) -> None:
        self.replicas = replicas
        self.parts: tuple[str, ...] = ()
        self.wanted: tuple[str, ...] = ()
        self.labels: dict[str, str] = {}
        self.ours, self.theirs = socket.socketpair()

    def services(self, filters):
        def service(component, mode):
            name = f"web-local-{component}"
            return {"Spec": {"Name": name, "Labels": {"archkit.component": component, **self.labels}, "Mode": mode}}

        if self.parts:
            return [service(part, {"Replicated": {"Replicas": 1}}) for part in self.parts]
        return [service("web", {"Replicated": {"Replicas": self.replicas}}), service("edge", {"Global": {}})]

    def tasks(self, filters):
        assert filters["desired-state"] == "running"
        return [{"ID": one} for one in self.wanted]

    def inspect_service(self, name):
        return {"Spec": {"Mode": {"Replicated": {"Replicas": self.replicas}}}}

    def containers(self, filters):
        return [{"Id": "edge1"}] if "archkit.component=edge" in filters["label"] else []

    def exec_create(self, container, command, **_):
        return {"Id": "exec"}

    def exec_start(self, made, socket):
        return self.ours

    def answer(self, *parts: str) -> None:
        """Docker's frames, each of one part of standard output."""

        def send() -> None:
            self.theirs.recv(1)
            for part in parts:
                data = part.encode()
                self.theirs.sendall(bytes([1, 0, 0, 0]) + len(data).to_bytes(4, "big") + data)

        threading.Thread(target=send, daemon=True).start()


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Daemon:
    made = Daemon()
    monkeypatch.setattr(Host, "api", property(lambda self: made))
    return made


def test_a_stack_is_complete_when_all_that_the_swarm_should_run_is_healthy(web, support, daemon: Daemon) -> None:
    assert incomplete(web) == []
    web.run(support.member(1), support.member(2, healthy=None), support.member(3, healthy=False))
    assert incomplete(web) == ["web: 1 of 3 are healthy", "edge: 0 of 1 are healthy"]


def test_a_service_that_is_scaled_in_meanwhile_is_whole_with_fewer(web, support, daemon: Daemon) -> None:
    web.run(support.member(1), support.member(2))
    assert not whole(web, "web", 3)()
    daemon.replicas = 2
    assert whole(web, "web", 3)()
    web.run(*(support.member(number) for number in range(1, 5)))
    assert whole(web, "web", 3)(), "one more does no harm"


def test_a_dear_question_is_asked_seldom_and_answered_no_in_between() -> None:
    asked: list[float] = []

    def question() -> bool:
        asked.append(time.monotonic())
        return True

    holds = seldom(question, seconds=0.2)
    until, answers = time.monotonic() + 0.5, list[bool]()
    while time.monotonic() < until:
        answers.append(holds())
        time.sleep(0.01)

    assert len(asked) == 3
    assert answers.count(True) == 3, "an old answer is none"


def test_a_stack_is_not_complete_while_a_service_has_a_few_more_to_level_its_zones(web, daemon: Daemon) -> None:
    daemon.labels = {LEVELLING: json.dumps({"extra": 1, "raised": 3, "since": 0})}

    assert incomplete(web) == ["web: 1 more than wanted, until its zones are level"]
    assert not as_before(web, "web", 0)()


def test_what_a_zone_that_came_back_still_runs_is_not_counted(web, support, daemon: Daemon) -> None:
    edge = support.member(1, "edge")
    old, new, here = (replace(support.member(number), zone=zone, task=zone) for number, zone in enumerate("abc"))
    daemon.replicas, daemon.wanted = (
        2,
        ("b", "c"),
    )  # the swarm has told the one of zone a to end, by a message on its way

    web.run(old, replace(new, healthy=None), here, edge)
    assert incomplete(web) == ["web: 1 of 2 are healthy"]
    web.run(old, new, here, edge)
    assert incomplete(web) == []
    assert as_before(web, "web", 2)()
    assert not as_before(web, "web", 3)()


def test_a_member_that_is_about_to_end_makes_no_zone_complete(web, support, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there, ending = (replace(support.member(number), zone=zone) for number, zone in enumerate("abc"))
    web.run(here, there, ending)

    def it_ends(_: object) -> list[str]:
        web.run(here, there)
        return []

    monkeypatch.setattr("archkit.drills.observe.incomplete", it_ends)
    assert not as_before(web, "web", 3)()


def test_a_component_of_several_services_is_complete_when_each_of_them_is(web, support, daemon: Daemon) -> None:
    def server(part: str, **more: bool):
        return replace(support.member(1, "orders", **more), service=f"web-local-orders-{part}", role=part)

    daemon.parts = ("orders-member", "orders-proxy")
    web.run(server("member"), server("proxy"))
    assert incomplete(web) == []
    web.run(server("member", healthy=False), server("proxy"))
    assert incomplete(web) == ["orders-member: 0 of 1 are healthy"]
    assert complete(web, "orders", 1, role="proxy")()
    assert not complete(web, "orders", 1, role="member")()


def test_a_stack_that_does_not_get_complete_is_not_broken_further(web, daemon: Daemon, fast_clock) -> None:
    daemon.replicas = 5
    with pytest.raises(UserError) as caught:
        wait_until_complete(web, seconds=60)

    assert caught.value.problems[0].startswith(
        "stack web-local: must be complete before it is broken, but web: 3 of 5 are healthy after 60 s;"
    )


def test_a_new_member_in_the_place_of_the_old_one_is_asked_for(web, support, daemon: Daemon) -> None:
    assert complete(web, "web", 3)()
    assert not replaced(web, "web", 3, "web2")(), "it is still the old one"
    web.run(support.member(1), support.member(3), support.member(4))
    assert replaced(web, "web", 3, "web2")()


def test_statistics_are_read_whole_whatever_the_frames_and_without_the_spare_servers(web, daemon: Daemon) -> None:
    table = "# pxname,svname,status\nweb,replica1,UP\nweb-unchecked,replica1,no check\n"
    daemon.answer("HTTP/1.0 200 OK\r\nA: b\r\n\r", f"\n{table[:20]}", table[20:], f"\n{_END}\n")

    assert Statistics(web, "edge", Host())() == "# pxname,svname,status\nweb,replica1,UP"


def test_a_load_balancer_that_is_silent_or_gone_is_an_error_within_a_second(web, daemon: Daemon) -> None:
    with pytest.raises(TimeoutError):
        Statistics(web, "edge", Host())()
    with pytest.raises(OSError, match="no cdn runs on local"):
        Statistics(web, "cdn", Host())()
    daemon.ours, daemon.theirs = socket.socketpair()
    daemon.theirs.close()
    with pytest.raises(OSError):  # noqa: PT011 - whichever the kernel says of a closed connection
        Statistics(web, "edge", Host())()
