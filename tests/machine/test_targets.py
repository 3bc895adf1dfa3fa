"""The order of checks and fixes, and what `archkit doctor` makes of them."""

import json
from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner

from archkit.cli import doctor
from archkit.engine.progress import Progress
from archkit.errors import UserError
from archkit.machine import Finding, NoDockerError, State, Target, prepare, repair
from archkit.machine.targets import ITEMS, Item

LOCAL = frozenset({Target.LOCAL})


class Thing:
    """A thing of the machine that is missing until its fix was run."""

    def __init__(self, name: str, *, state: State = State.MISSING, error: UserError | None = None) -> None:
        self.name, self.state, self.error, self.fixes = name, state, error, 0

    def check(self) -> Finding:
        remedy = "" if self.state is State.OK else f"get {self.name}"
        return Finding(name=self.name, state=self.state, detail="seen", remedy=remedy)

    def fix(self, progress: Progress) -> None:
        self.fixes += 1
        if self.error:
            raise self.error
        self.state = State.OK


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def has(*items: Item) -> None:
        monkeypatch.setattr("archkit.machine.targets.ITEMS", items)

    return has


def test_what_is_missing_is_mended_and_looked_at_again(machine: Callable[..., None]):
    swarm, port = Thing("swarm"), Thing("port", state=State.OK)
    machine(Item(port.check, LOCAL, port.fix), Item(swarm.check, LOCAL, swarm.fix))
    findings = prepare(Target.LOCAL)
    assert [finding.state for finding in findings] == [State.OK, State.OK]
    assert (port.fixes, swarm.fixes) == (0, 1), "what is fine is left alone"


def test_all_that_cannot_be_mended_is_told_at_once(machine: Callable[..., None]):
    disk, image = Thing("disk"), Thing("image", error=UserError("base image: no registry"))
    machine(Item(disk.check, LOCAL), Item(image.check, LOCAL, image.fix))
    with pytest.raises(UserError) as refused:
        prepare(Target.LOCAL)
    assert refused.value.problems == ("base image: no registry", "disk: seen; get disk")


def test_without_docker_everything_else_is_still_made_ready_and_the_type_says_so(machine: Callable[..., None]):
    docker, engine = Thing("docker", error=NoDockerError("no daemon")), Thing("engine")
    machine(Item(docker.check, LOCAL, docker.fix), Item(engine.check, LOCAL, engine.fix))
    with pytest.raises(NoDockerError) as refused:
        prepare(Target.LOCAL)
    assert refused.value.reason == "no daemon"
    assert engine.state is State.OK


def test_warnings_stop_nothing(machine: Callable[..., None]):
    old = Thing("docker", state=State.WARNING)
    machine(Item(old.check, LOCAL, old.fix))
    assert prepare(Target.LOCAL)
    assert old.fixes == 0, "an old engine is not replaced behind its owner's back"


def test_what_is_optional_is_got_by_the_doctor_and_not_on_the_way_to_a_deployment(machine: Callable[..., None]):
    dot = Thing("graphviz", state=State.WARNING)
    machine(Item(dot.check, LOCAL, dot.fix, optional=True))
    prepare(Target.LOCAL)
    assert dot.fixes == 0
    assert doctor_run("--fix")[0] == 0
    assert (dot.fixes, dot.state) == (1, State.OK)


def test_a_target_looks_only_at_what_it_needs(machine: Callable[..., None]):
    machine(Item(Thing("aws region").check, frozenset({Target.AWS})))
    assert repair(Target.LOCAL) == ([], [])


def test_docker_comes_before_what_needs_it():
    order = [f"{item.check.__module__.rsplit('.', 1)[-1]}" for item in ITEMS]
    assert order.index("docker") < order.index("swarm") < order.index("base_image") < order.index("engine")


def doctor_run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    doctor.register(app)
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout


@pytest.mark.parametrize(("state", "code"), [(State.OK, 0), (State.WARNING, 0), (State.MISSING, 1)])
def test_the_doctor_fails_only_where_something_is_missing(machine: Callable[..., None], state: State, code: int):
    machine(Item(Thing("swarm", state=state).check, LOCAL))
    ended, said = doctor_run("--json")
    assert ended == code
    report = json.loads(said)
    assert report["healthy"] is (code == 0)
    assert report["findings"][0]["name"] == "swarm"


def test_the_doctor_without_fix_changes_nothing(machine: Callable[..., None]):
    swarm = Thing("swarm")
    machine(Item(swarm.check, LOCAL, swarm.fix))
    assert doctor_run()[0] == 1
    assert swarm.fixes == 0
    assert doctor_run("--fix")[0] == 0
    assert swarm.fixes == 1
