"""When the controller gives up a leader's lease, whom it fences, and when it leaves things to expiry."""

import json
import socket
import threading
from collections.abc import Iterator

import pytest

from components.controller.agent.docker_api import Docker, DockerError
from components.controller.agent.failover import probe as probing
from components.controller.agent.failover.etcd import EtcdError, Leader
from components.controller.agent.failover.members import Death, Member, Members
from components.controller.agent.failover.probe import TIMEOUT_SECONDS, Answer, probe
from components.controller.agent.failover.watch import Watch
from components.controller.agent.journal import Journal

ONE = Leader(name="member-1", lease="71")
TWO = Leader(name="member-2", lease="72")


class World:
    """etcd and a daemon, as the watch sees them."""

    def __init__(self) -> None:
        self.led: Leader | None = ONE
        self.here = {"member-1": Member(name="member-1", container="c1", address="10.0.0.1")}
        self.answers = Answer.ALIVE
        self.late = Answer.SILENT
        self.left = 18
        self.fences = "killed"
        self.majority = True
        self.did: list[str] = []

    def leader(self) -> Leader | None:
        if not self.majority:
            raise EtcdError("no majority")
        return self.led

    def seconds_left(self, lease: str) -> int:
        del lease
        return self.left

    def revoke(self, lease: str) -> None:
        self.did.append(f"revoke {lease}")
        self.led = None

    def running(self) -> dict[str, Member]:
        return self.here

    def fence(self, container: str) -> str:
        self.did.append(f"fence {container}")
        return self.fences

    def watch(self) -> Watch:
        made = Watch(self, self, lambda _, seconds: self.late if seconds > TIMEOUT_SECONDS else self.answers, Journal())
        made.look(0.0)
        return made


@pytest.fixture
def world() -> World:
    return World()


def death(container: str = "c1", at: float = 100.0) -> Death:
    return Death(name="member-1", container=container, at=at)


def test_the_leader_s_end_gives_up_its_lease_at_once(world: World) -> None:
    world.watch().died(death(), now=100.01)

    assert world.did == ["revoke 71"], "its processes are gone: nothing has to be fenced"


def test_the_end_of_a_replica_changes_nothing(world: World) -> None:
    watch = world.watch()
    world.led = TWO
    watch.died(death(), now=100.01)

    assert world.did == []


def test_a_death_heard_of_late_does_not_take_the_lease_of_whoever_has_the_name_now(world: World) -> None:
    """The member came back and leads by another lease: to take that away would have two write at once."""
    watch = world.watch()
    world.led = Leader(name="member-1", lease="99")
    watch.died(death(at=100.0), now=130.0)

    assert world.did == []


def test_a_death_heard_of_late_still_ends_the_lease_that_died_with_it(world: World) -> None:
    world.watch().died(death(at=100.0), now=130.0)

    assert world.did == ["revoke 71"]


def test_a_death_nobody_told_is_noticed_by_the_container_that_is_gone(world: World) -> None:
    watch = world.watch()
    world.here = {"member-1": Member(name="member-1", container="c2", address="10.0.0.9")}
    watch.look(5.0)

    assert world.did == ["revoke 71"]


def test_three_silent_probes_in_a_row_fence_before_the_lease_is_given_up(world: World) -> None:
    watch = world.watch()
    world.answers = Answer.SILENT
    watch.probe()
    watch.probe()
    assert world.did == [], "two are no proof"
    watch.probe()

    assert world.did == ["fence c1", "revoke 71"]


@pytest.mark.parametrize("between", [Answer.ALIVE])
def test_an_answer_in_between_begins_the_count_anew(world: World, between: Answer) -> None:
    watch = world.watch()
    for answer in (Answer.SILENT, Answer.SILENT, between, Answer.SILENT, Answer.SILENT):
        world.answers = answer
        watch.probe()

    assert world.did == []


def test_a_probe_that_this_machine_kept_from_running_says_nothing(world: World) -> None:
    watch = world.watch()
    world.answers = Answer.UNKNOWN
    for _ in range(9):
        watch.probe()

    assert world.did == []


@pytest.mark.parametrize("late", [Answer.ALIVE, Answer.UNKNOWN])
def test_one_that_answers_late_is_not_fenced(world: World, late: Answer) -> None:
    """Seen: twenty writes at once on two busy cores, and a healthy primary was killed."""
    world.here["member-2"] = Member(name="member-2", container="c2", address="10.0.0.2")
    watch = Watch(
        world,
        world,
        lambda at, seconds: Answer.ALIVE if at == "10.0.0.2" else late if seconds >= 1 else Answer.SILENT,
        Journal(),
    )
    watch.look(0.0)
    for _ in range(9):
        watch.probe()

    assert world.did == []


def test_where_nobody_on_the_node_answers_in_time_the_machine_is_slow_and_nobody_is_fenced(world: World) -> None:
    world.here["member-2"] = Member(name="member-2", container="c2", address="10.0.0.2")
    watch = world.watch()
    world.answers = Answer.SILENT
    for _ in range(9):
        watch.probe()

    assert world.did == []


def test_where_another_member_of_the_node_answers_it_is_the_primary_that_hangs(world: World) -> None:
    world.here["member-2"] = Member(name="member-2", container="c2", address="10.0.0.2")
    watch = Watch(world, world, lambda at, _: Answer.SILENT if at == "10.0.0.1" else Answer.ALIVE, Journal())
    watch.look(0.0)
    for _ in range(3):
        watch.probe()

    assert world.did == ["fence c1", "revoke 71"]


def test_what_could_not_be_fenced_keeps_its_lease(world: World) -> None:
    world.fences = ""
    watch = world.watch()
    world.answers = Answer.SILENT
    for _ in range(3):
        watch.probe()

    assert world.did == ["fence c1"], "it may still acknowledge writes"


def test_a_controller_that_is_cut_off_itself_fences_nobody(world: World) -> None:
    watch = world.watch()
    world.answers, world.majority = Answer.SILENT, False
    for _ in range(9):
        watch.probe()

    assert world.did == []


def test_a_leader_of_another_node_is_never_touched(world: World) -> None:
    world.led = TWO
    watch = world.watch()
    world.answers, world.left = Answer.SILENT, 1
    watch.look(5.0)
    for _ in range(9):
        watch.probe()

    assert world.did == []


def test_one_that_hangs_but_still_takes_connections_is_fenced_before_its_lease_ends(world: World) -> None:
    """Else a replica would take over while it still writes."""
    watch = world.watch()
    world.left = 7
    watch.look(5.0)

    assert world.did == ["fence c1", "revoke 71"]


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where the kernel takes connections and no program answers, as of a frozen container."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def test_a_probe_tells_a_program_that_answers_from_one_that_hangs(silent: int) -> None:
    assert probe("127.0.0.1", port=silent) in {Answer.SILENT, Answer.UNKNOWN}
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = int(server.getsockname()[1])

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                assert connection.recv(8) == bytes.fromhex("0000000804d21630")
                connection.sendall(b"N")

        thread = threading.Thread(target=answer)
        thread.start()
        assert probe("127.0.0.1", port=answering) is Answer.ALIVE
        thread.join()
    assert probe("127.0.0.1", port=answering) is Answer.ALIVE, "refused: a living kernel; Patroni starts it again"


def test_a_probe_fits_three_times_into_its_deadline() -> None:
    assert 3 * probing.TIMEOUT_SECONDS + 2 * 0.03 <= 0.7


class Daemon(Docker):
    """A daemon that says what it is told to, and remembers what it was asked."""

    def __init__(self, *, kills: bool) -> None:
        super().__init__("/nowhere")
        self.kills, self.networks, self.posted = kills, {"members": {}, "etcd": {}}, list[str]()
        self.running = True

    def get(self, path: str, **query: str) -> object:
        del query
        if path == "/containers/json":
            labels = {"com.docker.swarm.service.name": "api-local-orders-member-2"}
            found = {"Id": "c2", "Labels": labels, "NetworkSettings": {"Networks": {"net": {"IPAddress": "10.1.1.2"}}}}
            return [found]
        return {"State": {"Running": self.running}, "NetworkSettings": {"Networks": self.networks}}

    def post(self, path: str, body: object, **query: str) -> object:
        self.posted.append(path)
        if path.endswith("/kill"):
            self.running = not self.kills
        else:
            assert body == {"Container": "c2", "Force": True}
            del self.networks[path.split("/")[2]]
        return query

    def stream(self, path: str, **query: str) -> Iterator[object]:
        assert json.loads(query["filters"])["event"] == ["die"]
        attributes = {"com.docker.swarm.service.name": "api-local-orders-member-2"}
        yield {"Actor": {"ID": "c2", "Attributes": attributes}, "timeNano": 2_000_000_000}
        raise DockerError(path)


def members(daemon: Daemon) -> Members:
    return Members(daemon, stack="api-local", component="orders", scope="api-local-orders", network="net")


def test_members_of_this_node_are_known_by_patroni_s_name() -> None:
    assert members(Daemon(kills=True)).running() == {
        "member-2": Member(name="member-2", container="c2", address="10.1.1.2")
    }


def test_the_daemon_s_word_of_a_death_is_read() -> None:
    deaths = members(Daemon(kills=True)).deaths()

    assert next(deaths) == Death(name="member-2", container="c2", at=2.0)


def test_a_fence_kills_and_where_that_does_not_help_cuts_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.controller.agent.failover.members._DEAD_WITHIN_SECONDS", 0.1)
    killed, stuck = Daemon(kills=True), Daemon(kills=False)

    assert members(killed).fence("c2") == "killed"
    assert members(stuck).fence("c2") == "cut off"
    assert killed.posted == ["/containers/c2/kill"]
    assert stuck.networks == {}
