"""What all components have in common: type tokens, constructors, folders, documentation."""

import dataclasses
import importlib
import inspect
import pkgutil
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

import components
from components.connect import Component

ROOT = Path(components.__file__).parent
SHARED = {"access", "aws", "secrets", "settings", "targets"}
# A token is part of every URN: another one replaces what runs. Change one only with an alias.
TOKENS = {
    "AwsBackup": "archkit:aws:Backup",
    "AwsCache": "archkit:aws:Cache",
    "AwsCdn": "archkit:aws:Cdn",
    "AwsDatabase": "archkit:aws:Database",
    "AwsImage": "archkit:aws:Image",
    "AwsLoadBalancer": "archkit:aws:LoadBalancer",
    "AwsMigration": "archkit:aws:Migration",
    "AwsNetwork": "archkit:aws:Network",
    "AwsService": "archkit:aws:Service",
    "AwsStorage": "archkit:aws:Storage",
    "LocalBackup": "archkit:local:Backup",
    "LocalCache": "archkit:local:Cache",
    "LocalCdn": "archkit:local:Cdn",
    "LocalController": "archkit:local:Controller",
    "LocalDatabase": "archkit:local:Database",
    "LocalImage": "archkit:local:Image",
    "LocalLoadBalancer": "archkit:local:LoadBalancer",
    "LocalMigration": "archkit:local:Migration",
    "LocalNetwork": "archkit:local:Network",
    "LocalService": "archkit:local:Service",
    "LocalStorage": "archkit:local:Storage",
}
# Not yet a method of `components.target.Target`: their local half is missing, and their READMEs say so.
UNDER_WAY: set[str] = set()
# To be divided; nothing may join them.
LONG: set[str] = set()
OF_THE_KIT = {"controller"}  # services of the kit itself: no design asks for them, so there is no contract
CONSTRUCTOR_LINES = 30  # statements and their line breaks; beyond it a table of contents is none


def capabilities() -> list[str]:
    folders = (path for path in ROOT.iterdir() if (path / "__init__.py").exists())
    return sorted(path.name for path in folders if path.name not in SHARED | OF_THE_KIT)


def modules() -> list[ModuleType]:
    return [importlib.import_module(found.name) for found in pkgutil.walk_packages([str(ROOT)], "components.")]


def realisations() -> list[type[Component]]:
    found = {
        value
        for module in modules()
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Component) and value.__name__.startswith(("Aws", "Local"))
    }
    return sorted(found, key=lambda one: one.__name__)


def args_classes() -> list[type[Any]]:
    found = {
        value
        for module in modules()
        for value in vars(module).values()
        if inspect.isclass(value)
        and dataclasses.is_dataclass(value)
        and value.__module__.startswith("components.")
        and value.__name__.endswith(("Args", "Settings", "Policy", "Capacity", "Check", "Domain", "Route"))
    }
    return sorted(found, key=lambda one: one.__name__)


def token_of(realisation: type[Component]) -> str:
    source = inspect.getsource(realisation)
    return source.partition('super().__init__("')[2].partition('"')[0]


def test_type_tokens_stay_what_they_are() -> None:
    assert {one.__name__: token_of(one) for one in realisations()} == TOKENS


@pytest.mark.parametrize("realisation", realisations(), ids=lambda one: one.__name__)
def test_a_constructor_takes_a_name_its_args_and_the_rest_by_keyword(realisation: type[Component]) -> None:
    parameters = list(inspect.signature(realisation.__init__).parameters.values())[1:]

    assert [one.name for one in parameters[:2]] == ["name", "args"], "Pulumi's other languages find it by that name"
    assert all(one.kind is inspect.Parameter.KEYWORD_ONLY for one in parameters[2:]), "positions would be mixed up"
    assert {"settings", "opts"} <= {one.name for one in parameters}


@pytest.mark.parametrize("realisation", realisations(), ids=lambda one: one.__name__)
def test_a_constructor_is_a_table_of_contents_that_ends_with_the_outputs(realisation: type[Component]) -> None:
    source = inspect.getsource(realisation.__init__)
    body = source.partition(") -> None:\n")[2].rstrip()

    assert len(body.splitlines()) <= CONSTRUCTOR_LINES
    last = body.rpartition("\n        self.")[2]
    assert last.startswith("register_outputs("), "what is registered after it is not waited for"
    assert '"capability"' in last
    assert '"links"' in last


@pytest.mark.parametrize("module", modules(), ids=lambda one: one.__name__)
def test_children_are_never_parented_by_merging_options(module: ModuleType) -> None:
    assert ".merge(" not in inspect.getsource(module), "it moves children to their grandparent"


@pytest.mark.parametrize("module", modules(), ids=lambda one: one.__name__)
def test_a_module_is_small_and_says_what_it_is(module: ModuleType) -> None:
    assert inspect.getdoc(module)
    limit = 290 if module.__name__ in LONG else 250
    assert len(inspect.getsource(module).splitlines()) <= limit, "a folder comes before a long file"


@pytest.mark.parametrize("module", modules(), ids=lambda one: one.__name__)
def test_public_things_say_what_they_promise(module: ModuleType) -> None:
    public = {
        name: value
        for name, value in vars(module).items()
        if (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == module.__name__
        and not name.startswith("_")
    }
    silent = [name for name, value in public.items() if not value.__doc__]
    assert silent == []


@pytest.mark.parametrize("kind", args_classes(), ids=lambda one: one.__name__)
def test_args_are_frozen_given_by_keyword_and_documented_one_by_one(kind: type[Any]) -> None:
    assert kind.__dataclass_params__.frozen  # a value that changes after it was checked is unchecked
    assert all(field.kw_only for field in dataclasses.fields(kind))
    documented = inspect.getdoc(kind) or ""
    undocumented = [field.name for field in dataclasses.fields(kind) if f"{field.name}: " not in documented]
    assert undocumented == [], "the option tables of the docs are made from these"


@pytest.mark.parametrize("kind", args_classes(), ids=lambda one: one.__name__)
def test_no_field_is_one_of_several_plain_types(kind: type[Any]) -> None:
    plain = {str, int, float, bool}
    wrong = {
        name: hint
        for name, hint in get_type_hints(kind).items()
        if get_origin(hint) is Literal
        or (get_origin(hint) in (Union, UnionType) and len(plain & set(get_args(hint)) - {type(None)}) > 1)
    }
    assert wrong == {}, "a name out of several is a StrEnum; the schema of other languages knows neither"


@pytest.mark.parametrize("capability", capabilities())
def test_a_capabilitys_folder_has_its_contract_both_realisations_and_a_readme(capability: str) -> None:
    folder = ROOT / capability

    assert (folder / "contract.py").exists()
    for target in ("aws",) if capability in UNDER_WAY else ("aws", "local"):
        assert (folder / f"{target}.py").exists() or (folder / target / "__init__.py").exists()


@pytest.mark.parametrize("capability", [*capabilities(), *sorted(OF_THE_KIT)])
def test_a_readme_says_what_is_promised_where_targets_differ_what_it_costs_and_what_proves_it(capability: str) -> None:
    readme = (ROOT / capability / "README.md").read_text()
    missing = [title for title in ("## Promises", "## Fidelity", "## Cost", "## Proven by") if title not in readme]
    assert missing == []


@pytest.mark.parametrize("capability", capabilities())
def test_a_contract_knows_no_provider(capability: str) -> None:
    source = (ROOT / capability / "contract.py").read_text()

    assert "pulumi_aws" not in source
    assert "pulumi_docker" not in source
