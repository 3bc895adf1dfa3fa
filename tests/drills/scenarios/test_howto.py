"""The scenario that docs/drills-howto.md shows is one."""

import re
from pathlib import Path
from typing import Any

from archkit.drills.scenario import Scenario

PAGE = Path(__file__).parents[3] / "docs" / "drills-howto.md"


def test_the_example_runs_as_it_is_written_and_fits_the_web_design(web) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    made: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), made)

    scenario = made["ReplicaStarved"]()
    assert isinstance(scenario, Scenario)
    assert scenario.needs(web) is None
    assert scenario.harms(web) == "web"


def test_the_example_breaks_and_heals_and_is_held_to_its_words(web, make_drill, support, monkeypatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    made: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), made)
    fault = support.Harmless()
    made["Starve"] = lambda **_: fault
    drill = make_drill()

    made["ReplicaStarved"]().run(drill)

    assert fault.done == ["made", "healed"]
    assert drill.missed == []
    assert drill.allowance.failed == 0
