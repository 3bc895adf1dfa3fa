"""The import rules in pyproject.toml hold for every capability, also for one that is added."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACTS = {
    one["id"]: one for one in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
CAPABILITIES = sorted(path.parent.name for path in (ROOT / "components").glob("*/contract.py"))


def test_every_capabilitys_contract_is_kept_free_of_provider_sdks() -> None:
    listed = set(CONTRACTS["contracts-know-no-provider"]["source_modules"])
    assert CAPABILITIES, "the components were looked for in another place"
    assert [one for one in CAPABILITIES if f"components.{one}.contract" not in listed] == []


def test_every_capabilitys_realisations_are_kept_from_importing_anothers() -> None:
    for target in ("aws", "local"):
        listed = set(CONTRACTS[f"{target}-realisations-are-independent"]["modules"])
        assert [one for one in CAPABILITIES if f"components.{one}.{target}" not in listed] == []
