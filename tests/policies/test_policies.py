"""What holds for every policy, and how a package adds its own."""

import ast
from pathlib import Path

import pulumi_aws as aws
import pytest

from archkit.errors import UserError
from archkit.policies import Policy, Problem, all_policies, check
from archkit.recorder import record


def all_cases() -> list[str]:
    """The ids of the policies that the other modules of this folder have cases of."""
    found = []
    for module in sorted(Path(__file__).parent.glob("test_*.py")):
        for one in ast.parse(module.read_text()).body:
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "CASES":
                found += [ast.literal_eval(key) for key in one.value.keys]
    return found


def test_every_policy_has_a_case_and_a_source():
    policies = all_policies()
    assert {one.id for one in policies} == set(all_cases())
    assert all(one.title and one.source for one in policies)


def test_an_accepted_policy_is_left_out_and_an_unknown_one_is_refused():
    graph = record(lambda: aws.cloudwatch.LogGroup("l"))
    assert [one.policy for one in check(graph)] == ["aws-logs-retention"]
    assert check(graph, accepted=["aws-logs-retention"]) == []
    with pytest.raises(UserError, match="policy: no such one, got 'aws-log-retention'"):
        check(graph, accepted=["aws-log-retention"])


class _Entry:
    name = "acme"

    def __init__(self, loaded):
        self.loaded = loaded

    def load(self):
        return self.loaded


def test_a_package_adds_its_own_policies(monkeypatch):
    def find(graph):
        for bucket in graph.of_type("aws:s3/bucket:Bucket"):
            yield Problem(resource=bucket, reason="we use no buckets", remedy="use none")

    own = Policy(id="acme-no-buckets", title="No buckets", source="us", find=find)
    monkeypatch.setattr("archkit.policies.entry_points", lambda group: [_Entry([own])])
    findings = check(record(lambda: aws.s3.Bucket("files")))
    assert [one.resource for one in findings if one.policy == "acme-no-buckets"] == ["files"]


def test_what_is_no_policy_and_an_id_used_twice_are_refused(monkeypatch):
    monkeypatch.setattr("archkit.policies.entry_points", lambda group: [_Entry([7])])
    with pytest.raises(UserError, match="acme: must be a Policy or a sequence of them, got int"):
        all_policies()
    twin = Policy(id="aws-logs-retention", title="t", source="s", find=lambda _: [])
    monkeypatch.setattr("archkit.policies.entry_points", lambda group: [_Entry(twin)])
    with pytest.raises(UserError, match="aws-logs-retention: two policies have this id"):
        all_policies()
