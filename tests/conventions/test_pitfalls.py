"""Every pitfall of Pulumi that the kit knows of, and the test that shows that it is noticed."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = "tests/recorder/test_plugin.py"
RECORD = "tests/recorder/test_record.py"
LAYOUT = "tests/conventions/test_layout.py"
COMPONENTS = "tests/conventions/test_components.py"
SCALING = "tests/policies/test_autoscaling.py"
COMPUTE = "tests/policies/test_compute.py"
DATA = "tests/policies/test_data.py"
EDGE = "tests/policies/test_edge.py"
BACKUP = "tests/policies/test_backup.py"

# By pitfall: a module, and a test of it or a case of a parametrized one.
NOTICED = {
    # Under mocks.
    "a test that registers nothing passes": (PLUGIN, "nothing is registered"),
    "a test that never records passes": (PLUGIN, "the recording is never made"),
    "asserting before all is registered": (PLUGIN, "all is registered when the recording returns"),
    "apply is skipped in a preview, and so are asserts in it": (PLUGIN, "a failing assertion inside apply"),
    "outputs that only a deployment knows are unknown in a preview": (
        "tests/recorder/test_preview.py",
        "test_outputs_are_unknown_in_a_preview",
    ),
    "computed outputs are None": (PLUGIN, "computed outputs are no None"),
    "an unknown type": (PLUGIN, "an unknown type"),
    "an unknown function": (PLUGIN, "an unknown function"),
    "an answer in snake case is read as nothing": (PLUGIN, "an answer in snake case"),
    "a misspelt nested key": (PLUGIN, "a misspelt nested key"),
    "secrets stand in inputs in clear text": (
        "tests/recorder/test_secrets.py",
        "test_a_secret_and_all_that_is_made_of_it_is_hidden",
    ),
    "options are lost": (RECORD, "test_options_are_recorded"),
    "URNs keep only the nearest parent": (RECORD, "test_a_urn_holds_the_types_of_all_parents"),
    "duplicate names": (PLUGIN, "a duplicate name"),
    "one test leaks into the next": (RECORD, "test_one_run_leaves_nothing_for_the_next_nor_for_other_tests"),
    "defaults of Pulumi.yaml are not read": (RECORD, "test_configuration_defaults_come_from_the_project_file"),
    "transforms of a resource are not run": (PLUGIN, "a transform of one resource"),
    "transforms of the stack are not run": (PLUGIN, "a transform of the stack"),
    "transformations are run": (PLUGIN, "transformations run"),
    "hooks are not run": (PLUGIN, "hooks are seen although nothing runs them"),
    "depending on a component means its children": (PLUGIN, "children of a component are told by properties"),
    "a resource inside apply is missing in the preview": (PLUGIN, "a resource inside apply"),
    # In the engine.
    "relative paths break under `main: stacks/`": (
        LAYOUT,
        "test_a_design_is_the_same_from_whatever_folder_it_runs",
    ),
    "a module hides one of the standard library": (
        LAYOUT,
        "test_no_module_of_stacks_hides_one_of_the_standard_library",
    ),
    "a folder hides a package": (LAYOUT, "test_a_folder_that_is_no_package_never_becomes_one"),
    "merged options move children": (COMPONENTS, "test_children_are_never_parented_by_merging_options"),
    "options that a component ignores": (COMPUTE, "component-options"),
    "a renamed type replaces what is live": (COMPONENTS, "test_type_tokens_stay_what_they_are"),
    "a renamed child replaces what is live": ("tests/stacks/test_web_aws.py", "test_every_resource_is_accounted_for"),
    "other languages find the parameter `args`": (
        COMPONENTS,
        "test_a_constructor_takes_a_name_its_args_and_the_rest_by_keyword",
    ),
    "a union or a Literal in Args": (COMPONENTS, "test_no_field_is_one_of_several_plain_types"),
    # pulumi-aws 7.
    "the region of what CloudFront uses": (EDGE, "aws-cloudfront-region"),
    "default tags do not reach instances": (SCALING, "aws-autoscaling-tags"),
    "inline settings of a bucket": (DATA, "aws-s3-inline-settings"),
    "switches of a launch template are text": (COMPUTE, "aws-ec2-template-text"),
    "a refresh that never fires": (SCALING, "aws-autoscaling-refresh-version"),
    "a desired capacity beside scaling": (SCALING, "aws-autoscaling-desired-capacity"),
    "Valkey without a replication group": (DATA, "aws-elasticache-valkey-group"),
    "failover without a replica": (DATA, "aws-elasticache-failover"),
    "a token without its rotation": (DATA, "aws-elasticache-token-rotation"),
    "a master password in the state": (DATA, "aws-rds-password-in-state"),
    "the older origin access": (EDGE, "aws-cloudfront-origin-access"),
    "anybody's newest image": (PLUGIN, "the newest image of anybody"),
    "a policy as an object": (PLUGIN, "a policy given as an object comes back as JSON"),
    # What neither mocks nor the provider's schema notice.
    "minimum above maximum": (SCALING, "aws-autoscaling-bounds"),
    "metrics without 1Minute": (SCALING, "aws-autoscaling-metrics-granularity"),
    "a scaling policy of no group": (SCALING, "aws-autoscaling-target"),
    "cold storage for less than 90 days": (BACKUP, "aws-backup-cold-storage"),
    "a schedule that is no cron": (BACKUP, "aws-backup-schedule"),
    "an upper-case bucket name": (DATA, "aws-s3-bucket-name"),
    "an ALB with one subnet": (COMPUTE, "aws-alb-subnets"),
    "HTTPS without a certificate": (COMPUTE, "aws-alb-certificate"),
    "an unknown storage type": (DATA, "aws-rds-storage-type"),
    "a replica of what is not backed up": (DATA, "aws-rds-backup-retention"),
}


@cache
def cases_of(module: str) -> frozenset[str]:
    """The tests of a module, and the cases that its tables name."""
    tree = ast.parse((ROOT / module).read_text())
    functions = {one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}
    tables = [one.value for one in tree.body if isinstance(one, ast.Assign) and isinstance(one.value, ast.Dict)]
    return frozenset(functions | {key.value for table in tables for key in table.keys if isinstance(key, ast.Constant)})


@pytest.mark.parametrize("pitfall", NOTICED)
def test_a_pitfall_that_is_known_has_a_test_that_shows_that_it_is_noticed(pitfall: str) -> None:
    module, case = NOTICED[pitfall]
    assert case in cases_of(module)
