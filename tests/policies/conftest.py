"""Runs the cases of each module: its `CASES` are, by policy, programs that break it and programs that keep it."""

import pytest

from archkit.policies import all_policies, check
from archkit.recorder import record


def pytest_generate_tests(metafunc):
    cases = getattr(metafunc.module, "CASES", {})
    for fixture, side in (("broken", 0), ("kept", 1)):
        if fixture in metafunc.fixturenames:
            found = [(id_, index, case) for id_, both in cases.items() for index, case in enumerate(both[side])]
            metafunc.parametrize(fixture, found, indirect=True, ids=[f"{id_} {index}" for id_, index, _ in found])


def _only(policy_id):
    return [one for one in all_policies() if one.id == policy_id]


@pytest.fixture
def broken(request):
    policy_id, _, (program, message) = request.param

    def run():
        findings = check(record(program), policies=_only(policy_id))
        assert findings, f"{policy_id} found nothing"
        assert any(message in one.reason for one in findings), [one.reason for one in findings]
        assert all(one.remedy and one.place.startswith("tests/policies/test_") for one in findings)

    return run


@pytest.fixture
def kept(request):
    policy_id, _, program = request.param

    def run():
        assert check(record(program), policies=_only(policy_id)) == []

    return run
