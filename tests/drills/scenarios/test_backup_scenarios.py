"""The drills of backups: where they fit, and that none destroys data without being told to."""

from dataclasses import replace
from pathlib import Path

import pytest

from archkit.cli.drill import _chosen
from archkit.drills.deployed import Deployed
from archkit.drills.faults.host import Host
from archkit.drills.runner import Options, run_scenario
from archkit.drills.scenarios import requirements, scenarios
from archkit.drills.scenarios.backup import site_lost
from archkit.drills.scenarios.backup.copied import database
from archkit.errors import UserError
from archkit.graph import Graph
from archkit.recorder import record
from archkit.stack.project import Project
from components.backup import BackupArgs
from components.database import DatabaseArgs
from components.network import NetworkArgs
from components.objectives import Objectives
from components.profile import Profile
from components.settings import LocalSettings
from components.targets.local import LocalTarget

TESTED, LOST = scenarios()["restore-tested"], scenarios()["site-lost"]


@pytest.fixture(autouse=True)
def _root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: archkit\n")
    (tmp_path / "Pulumi.api-local.yaml").write_text("config: {}\n")
    monkeypatch.setattr(requirements.os, "geteuid", lambda: 0)
    monkeypatch.setattr(site_lost, "find_project", lambda: Project(root=tmp_path))


def recorded(args: BackupArgs | None = None, settings: LocalSettings | None = None, *, copied: bool = True) -> Graph:
    def program() -> None:
        target = LocalTarget(settings or LocalSettings())
        network = target.network("network", NetworkArgs())
        orders = target.database("orders", DatabaseArgs(), network=network)
        if copied:
            target.backup("vault", args or BackupArgs(), network=network, databases=[orders])

    return record(program, stack="api-local")


def deployed(graph: Graph, stack: str = "api-local") -> Deployed:
    return Deployed(stack=stack, hosts=(Host(),), graph=graph, objectives=Objectives(), addresses=())


def test_they_fit_a_design_with_offsite_copies_and_harm_the_database_that_is_copied() -> None:
    found = deployed(recorded())

    assert (TESTED.needs(found), LOST.needs(found)) == (None, None)
    assert TESTED.harms(found) == database(found) == "orders"


def test_what_is_missing_is_told() -> None:
    without = deployed(recorded(copied=False))
    here_only = deployed(recorded(BackupArgs(offsite=False)))
    protected = deployed(recorded(settings=replace(LocalSettings(), profile=Profile.PROD)))

    assert "needs a backup, the design has none" in (TESTED.needs(without) or "")
    assert "needs a backup, the design has none" in (LOST.needs(without) or "")
    assert TESTED.needs(here_only) is None
    assert "needs copies at another site" in (LOST.needs(here_only) or "")
    assert "destroys data, and orders is protected" in (LOST.needs(protected) or "")
    assert "needs the stack's file" in (LOST.needs(deployed(recorded(), "another")) or "")


def test_the_loss_of_the_site_is_held_to_what_the_offsite_copies_promise() -> None:
    assert LOST.promised(deployed(recorded())) == Objectives(recovery_time_seconds=300, recovery_point_seconds=60)


def test_data_are_destroyed_only_where_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        run_scenario(LOST, deployed(recorded()), Options(), folder=tmp_path)

    (said,) = refused.value.problems
    assert said.startswith("--force: must be given for site-lost, which destroys data for good, got none; ")


def test_all_that_fit_leaves_out_what_destroys_data_unless_it_is_forced() -> None:
    found = deployed(recorded())
    chosen = [[one.name for one in _chosen(found, None, everything=True, force=force)] for force in (False, True)]

    assert ["site-lost" in one for one in chosen] == [False, True]
    assert all("restore-tested" in one for one in chosen)
