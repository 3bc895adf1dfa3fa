"""Changes of a database and its rarer failures, under four writers; the tests share one database, in this order."""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from os import geteuid
from pathlib import Path

import pulumi
import pytest

from archkit.bench.database_changes import resized, until_whole, written
from archkit.bench.database_stack import NAME, DatabaseStack, deployed_database
from archkit.drills.observe import asked, primary
from archkit.drills.report.measures import Measures, measure
from archkit.drills.runner import Options, held, run_scenario
from archkit.drills.scenarios import scenarios
from archkit.drills.scenarios.database.cluster import SWITCHOVER_GAP_SECONDS, members, states
from archkit.drills.victims.databases import inside
from archkit.stack.docker import client
from components.database import DatabaseArgs, Durability
from components.database.local.layout import SOCKET_DIRECTORY
from components.swarm import USER

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(600),
    pytest.mark.skipif(geteuid() != 0, reason="enters network namespaces and makes disks, which takes root"),
]
# Gaps are held to their promise by the bench, on a quiet machine; here others may run beside.
SLOW = 2
DISK_BYTES = 1024**3
PSQL = ("psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-Atqh", SOCKET_DIRECTORY, "-d", "app", "-c")
WRITE = "INSERT INTO archkit_writes (run, identity) VALUES ('by itself', 'none')"
CONTENT = "SELECT count(*), sum(hashtext(run || identity)::bigint) FROM archkit_writes"
BROKEN = "SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database"
WHOLE = ["leader running", "quorum_standby streaming", "quorum_standby streaming"]


@dataclass
class Made:
    """What the engine makes otherwise than the kit says: members' disks, and the members' image under another tag."""

    disks: tuple[str, ...] = ()
    suffix: str = ""

    def __call__(self, made: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        changed = {
            f"{NAME}-member-{number}-data": {"driver_opts": {"type": "ext4", "device": device}}
            for number, device in enumerate(self.disks, 1)
        }
        if self.suffix:
            changed[f"{NAME}-image"] = {"name": f"{made.props.get('name')}{self.suffix}"}
        if made.name not in changed:
            return None
        return pulumi.ResourceTransformationResult({**made.props, **changed[made.name]}, made.opts)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """With three disks of 1 GB, as files; without where this machine has no loop devices."""
    folder = tmp_path_factory.mktemp("disks")
    with ExitStack() as afterwards:
        try:
            disks = tuple(disk(folder / str(number), afterwards) for number in (1, 2, 3))
        except (OSError, subprocess.CalledProcessError) as error:
            disks = ()
            sys.stderr.write(f"no disks: {error}\n")
        yield Made(disks)


def disk(file: Path, afterwards: ExitStack) -> str:
    """A new block device with an empty ext4 that belongs to the servers' account."""

    def run(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    with file.open("wb") as opened:
        opened.truncate(DISK_BYTES)
    run("mkfs.ext4", "-q", "-m", "0", "-E", f"root_owner={USER}", str(file))
    device = run("losetup", "--find", "--show", str(file))
    afterwards.callback(run, "losetup", "--detach", device)
    return device


@pytest.fixture(scope="module")
def stack(checkout, made):
    """Asynchronous at first, as the control; the rolling update makes it synchronous."""
    with deployed_database(checkout, DatabaseArgs(durability=Durability.ASYNCHRONOUS), transformation=made) as deployed:
        until_whole(deployed)
        yield deployed
        # As at first, when none waits for another: they end at the same time, which is a minute less.
        deployed.settings = replace(deployed.settings, first=True)
        deployed.change(deployed.args)
        images = {one.image for one in members(deployed.deployed, NAME)}
    for tag in images:
        if made.suffix and tag.endswith(made.suffix):
            client().images.remove(tag, force=True)


@pytest.fixture
def quorum(stack: DatabaseStack) -> DatabaseStack:
    """The stack, whole and synchronous: also where a test runs alone."""
    if stack.args.durability is not Durability.SYNCHRONOUS_QUORUM:
        stack.change(replace(stack.args, durability=Durability.SYNCHRONOUS_QUORUM))
    eventually(lambda: known(stack) == WHOLE, "a leader and two that confirm")
    return stack


def known(stack: DatabaseStack) -> list[str]:
    """Roles and states; a member that was taken away is listed for a while, as one that is stopped."""
    return sorted(one for one in states(stack.deployed, NAME).values() if not one.endswith(" stopped"))


def eventually(holds: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not asked(holds):
        assert time.monotonic() < until, f"{what} within {seconds:g} s: it did not come true"
        time.sleep(0.5)


def drilled(stack: DatabaseStack, name: str, folder: Path) -> Measures:
    """What clients saw of a drill that held all that it expects."""
    scenario = scenarios()[name]
    assert scenario.needs(stack.deployed) is None
    with held(stack.name, doing="a test"):
        report = run_scenario(scenario, stack.deployed, Options(patience=SLOW), folder=folder)
    (run,) = report.runs
    told(name, run.measures)
    assert run.expectations == ()
    return run.measures


def told(name: str, measures: Measures) -> None:
    gap = measures.write_gap or measures.gap
    sys.stderr.write(f"{name}: gap {gap.seconds:.2f} s, {measures.failed} of {measures.sent} failed, ")
    sys.stderr.write(f"{measures.lost} lost, {measures.unknown} unknown {measures.problem}\n")
    assert measures.sent > 500, "too few writes would prove nothing"


def test_asynchronously_the_drill_sees_acknowledged_writes_lost(stack, tmp_path) -> None:
    if stack.args.durability is not Durability.ASYNCHRONOUS:
        pytest.skip("the stack is synchronous by now")

    measures = drilled(stack, "standbys-cut-then-primary-killed", tmp_path)

    assert measures.lost, (
        "the same drill loses nothing with quorum (test_database.py): here it has to, or proves nothing"
    )


def test_a_new_image_reaches_one_member_after_the_other_and_costs_writers_a_switchover(stack, made) -> None:
    made.suffix = f"-{stack.name}"

    result, seconds = written(stack, replace(stack.args, durability=Durability.SYNCHRONOUS_QUORUM))

    measures = measure(result, fault_at=None)
    told(f"a new image in {seconds:.0f} s", measures)
    assert [one.image.endswith(made.suffix) for one in members(stack.deployed, NAME)] == [True] * 3
    assert (measures.lost, measures.duplicates) == (0, 0)
    assert measures.write_gap.seconds <= SWITCHOVER_GAP_SECONDS * SLOW


def test_what_the_deployment_said_of_durability_holds_after_it(quorum) -> None:
    leader = primary(quorum.deployed, NAME)

    assert inside(leader, [*PSQL, "SHOW synchronous_standby_names"]).startswith("ANY 1 (")


def test_a_primary_that_was_cut_off_lost_nothing_and_takes_no_write_when_it_is_back(quorum, tmp_path) -> None:
    old = primary(quorum.deployed, NAME)

    measures = drilled(quorum, "primary-cut-off", tmp_path)

    assert (measures.lost, measures.duplicates) == (0, 0)
    (back,) = [one for one in members(quorum.deployed, NAME) if one.service == old.service]
    with pytest.raises(OSError, match="cannot execute INSERT in a read-only transaction"):
        inside(back, [*PSQL, WRITE])
    inside(primary(quorum.deployed, NAME), [*PSQL, WRITE])  # who leads takes the same


def test_a_member_more_and_a_member_less_interrupt_nobody(quorum) -> None:
    result, seconds = resized(quorum, 3, 2)

    measures = measure(result, fault_at=None, slow_seconds=SLOW)
    told(f"a member more, a member less in {seconds:.0f} s", measures)
    assert len(members(quorum.deployed, NAME)) == 3
    assert (measures.failed, measures.lost, measures.duplicates, measures.downtime_seconds) == (0, 0, 0, 0)


def test_full_disks_refuse_writes_with_an_alarm_corrupt_nothing_and_with_room_all_is_served(
    quorum, made, tmp_path
) -> None:
    if not made.disks:
        pytest.skip("needs loop devices and mkfs.ext4, for disks of a size of their own")

    measures = drilled(quorum, "database-disk-full", tmp_path)

    assert (measures.lost, measures.duplicates) == (0, 0)
    everybody = members(quorum.deployed, NAME)
    eventually(lambda: len({inside(one, [*PSQL, CONTENT]) for one in everybody}) == 1, "the same on every member")
    assert [inside(one, [*PSQL, BROKEN]) for one in everybody] == ["0", "0", "0"]
