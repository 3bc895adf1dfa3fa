"""A package that somebody installed adds a scenario: found by Python's own metadata, listed and chosen by its name."""

import sys
from pathlib import Path

import pytest

from archkit.drills.scenarios import fitting, scenarios
from archkit.errors import UserError

HOWTO = Path(__file__).parents[3] / "docs" / "drills-howto.md"
MODULE = HOWTO.read_text().partition("```python\n")[2].partition("```")[0]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts a distribution where Python looks for them, as pip would."""

    def installed(entry_point: str) -> None:
        (tmp_path / "mypackage").mkdir()
        (tmp_path / "mypackage" / "__init__.py").touch()
        (tmp_path / "mypackage" / "drills.py").write_text(MODULE)
        metadata = tmp_path / "mypackage-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: mypackage\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[archkit.scenarios]\nreplica-starved = {entry_point}\n")
        monkeypatch.syspath_prepend(tmp_path)
        for name in ("mypackage", "mypackage.drills"):
            monkeypatch.delitem(sys.modules, name, raising=False)

    return installed


def test_the_scenario_of_an_installed_package_is_there_and_fits(install, web) -> None:
    assert "replica-starved" not in scenarios()
    install("mypackage.drills:ReplicaStarved")

    assert list(scenarios())[-1] == "replica-starved", "the kit's own come first"
    assert "replica-starved" in fitting(web)


@pytest.mark.parametrize(
    ("entry_point", "told"),
    [
        ("mypackage.nowhere:ReplicaStarved", "No module named 'mypackage.nowhere'"),
        ("mypackage.drills:NoSuchClass", "has no attribute 'NoSuchClass'"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_told_with_its_package(install, entry_point: str, told: str) -> None:
    install(entry_point)

    with pytest.raises(UserError, match=r"archkit\.scenarios/replica-starved: must be found, got") as refused:
        scenarios()
    assert told in str(refused.value)
