"""The page of options is what the code says."""

from pathlib import Path

import yaml

from archkit.reference.configuration import to_markdown
from stacks.program import DESIGNS, TARGETS

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    assert (ROOT / "docs" / "configuration.md").read_text() == to_markdown(), "run `make docs`"


def test_every_key_that_ships_is_explained() -> None:
    page = to_markdown()
    for path in (ROOT / "stacks" / "config").glob("*.yaml"):
        config = yaml.safe_load(path.read_text())["config"]
        for part in (*TARGETS, *DESIGNS):
            for key in leaves(config.get(f"archkit:{part}") or {}):
                if not key.startswith("images."):  # its keys are the applications' names
                    assert f"| `{key}` |" in page, f"{path.name} says {part}/{key}, which no table explains"


def test_every_key_has_a_meaning() -> None:
    rows = [line for line in to_markdown().splitlines() if line.startswith("| `")]
    assert len(rows) > 30
    assert [row for row in rows if row.endswith("|  |")] == [], "an option without a meaning helps nobody"


def test_the_projects_own_keys_are_those_of_every_stack() -> None:
    keys = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    assert set(keys) == {"design", "target", "profile"}
    assert all(f"| `archkit:{key}` |" in to_markdown() for key in keys)


def leaves(value: object, prefix: str = "") -> list[str]:
    if not isinstance(value, dict):
        return [prefix]
    return [leaf for key, inner in value.items() for leaf in leaves(inner, f"{prefix}.{key}" if prefix else str(key))]
