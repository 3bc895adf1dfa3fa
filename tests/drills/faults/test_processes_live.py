"""Kill, stop, freeze, restart, starve: what they do to a real container, and that nothing of it stays."""

import time
from typing import Any

import pytest

from archkit.drills.faults import Freeze, Host, Kill, Restart, RollingRestart, Starve, Stop
from archkit.drills.injection import injected
from archkit.drills.journal import Journal
from archkit.errors import UserError

pytestmark = pytest.mark.live


def state(host: Host, container: str) -> dict[str, Any]:
    return dict((host.container(container) or {})["State"])


def config(host: Host, container: str) -> dict[str, Any]:
    return dict((host.container(container) or {})["HostConfig"])


@pytest.mark.parametrize(("fault", "code"), [(Kill, 137), (Stop, 0)])
def test_a_dead_container_ended_as_its_fault_says_and_runs_again_after(
    fault: type[Kill | Stop], code: int, victims: Any, host: Host, journal: Journal
) -> None:
    container = victims.container()
    with injected(fault(host=host, container=container), journal=journal):
        assert not state(host, container)["Running"]
        ended = state(host, container)["ExitCode"]
        # The init passes the signal on; 143 is Python before its handler was set.
        assert ended == code, "SIGKILL leaves no time to end well, a stop signal does"
    assert state(host, container)["Running"]
    assert journal.entries() == []


def test_swarm_replaces_a_killed_task_and_healing_does_not_wake_the_dead(
    victims: Any, host: Host, journal: Journal, wait: Any
) -> None:
    service = victims.service(replicas=1)
    (task,) = victims.tasks(service)
    with injected(Kill(host=host, container=task), journal=journal):
        wait(lambda: victims.tasks(service) not in ([], [task]), 30)
    assert not host.running(task), "two containers would serve as one task"


def test_a_frozen_container_accepts_and_never_answers_until_it_is_healed(
    victims: Any, host: Host, journal: Journal, reply: Any
) -> None:
    container = victims.container()
    address = victims.address(container)
    with injected(Freeze(host=host, container=container), journal=journal):
        assert state(host, container)["Paused"]
        assert reply(address) is None
    assert not state(host, container)["Paused"]
    assert reply(address) is not None


def test_freezing_twice_is_refused_before_anything_is_touched(victims: Any, host: Host, journal: Journal) -> None:
    container = victims.container()
    with injected(Freeze(host=host, container=container), journal=journal):
        with (
            pytest.raises(UserError, match="must run, got frozen"),
            injected(Kill(host=host, container=container), journal=journal),
        ):
            pass
        assert state(host, container)["Paused"], "the second drill must not have touched it"


def test_healing_what_is_gone_meanwhile_is_no_error(victims: Any, host: Host, journal: Journal) -> None:
    container = victims.container()
    with injected(Freeze(host=host, container=container), journal=journal):
        host.api.remove_container(container, force=True)
    assert journal.entries() == []


def test_a_restarted_container_is_the_same_one_and_younger(victims: Any, host: Host, journal: Journal) -> None:
    container = victims.container()
    before = state(host, container)["StartedAt"]
    with injected(Restart(host=host, container=container), journal=journal):
        assert state(host, container)["Running"]
        assert state(host, container)["StartedAt"] > before


def test_a_rolling_restart_replaces_every_task(victims: Any, host: Host, journal: Journal, wait: Any) -> None:
    service = victims.service(replicas=2)
    before = set(victims.tasks(service))
    with injected(RollingRestart(host=host, service=service), journal=journal):
        wait(lambda: len(set(victims.tasks(service)) - before) == 2, 60)


@pytest.mark.parametrize("limited", [{"nano_cpus": 800_000_000}, {}])
def test_a_starved_container_computes_slower_and_gets_its_cpus_back(
    limited: dict[str, int], victims: Any, host: Host, journal: Journal
) -> None:
    container = victims.container(**limited)
    before = config(host, container)

    with injected(Starve(host=host, container=container, cpus=0.05), journal=journal):
        script = "import time\nbegan = time.process_time()\nend = time.monotonic() + 2\n"
        script += "while time.monotonic() < end: pass\nprint(time.process_time() - began)"
        used = float(victims.client.containers.get(container).exec_run(["python3", "-c", script]).output)
    assert used < 0.4, f"0.05 CPUs are 0.1 s of computing in 2 s, plus one period; got {used}"

    after = config(host, container)
    assert after["NanoCpus"] == before["NanoCpus"]
    assert after["CpuQuota"] in {before["CpuQuota"], -1}, "-1 is Docker's word for no limit, once there was one"


def test_a_container_starved_of_memory_gets_the_same_limits_back(victims: Any, host: Host, journal: Journal) -> None:
    container = victims.container(mem_limit="128m", memswap_limit="256m")
    before = config(host, container)
    with injected(Starve(host=host, container=container, memory_bytes=48 * 2**20), journal=journal):
        assert config(host, container)["Memory"] == 48 * 2**20
        fails = victims.client.containers.get(container).exec_run(["python3", "-c", "bytearray(100 * 2**20)"])
        assert fails.exit_code == 137, "100 MiB do not fit into 48"
    after = config(host, container)
    assert {name: after[name] for name in ("Memory", "MemorySwap")} == {
        name: before[name] for name in ("Memory", "MemorySwap")
    }


def test_a_container_without_a_memory_limit_is_not_starved_of_memory(victims: Any, host: Host) -> None:
    (problem,) = Starve(host=host, container=victims.container(), memory_bytes=48 * 2**20).check()
    assert "must have a memory limit of its own, got none" in problem


def test_a_container_that_stopped_is_no_victim(victims: Any, host: Host) -> None:
    container = victims.container()
    host.api.kill(container)
    time.sleep(0.5)
    (problem,) = Kill(host=host, container=container).check()
    assert "must run, got exited" in problem
