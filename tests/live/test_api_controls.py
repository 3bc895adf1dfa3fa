"""The controls of the API's drills: without what keeps a failure from clients, each of them must fail."""

import sys

import pytest

from archkit.bench.deployment import temporary
from archkit.drills.deployed import deployed
from archkit.drills.runner import Options, held, run_scenario
from archkit.drills.scenarios import scenarios

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def unprotected(checkout):
    values = ("api.service.capacity.maximum=3", "local.protection=false")
    with temporary(checkout, "apicontrol", *values, source="api-local") as deployment:
        deployment.up()
        deployment.wait_for_answer(path="/products")
        yield deployment


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("api-cache-primary-killed", "clients may see 0 failed requests, got"),
        ("api-cache-gone", "clients may see 0 failed requests, got"),
        ("api-primary-killed", "a member of database leads again within 10 s: it did not come true in time"),
    ],
)
def test_a_drill_fails_where_its_protection_is_taken_away(unprotected, checkout, name, seen, tmp_path) -> None:
    with held(unprotected.name, doing="a test"):
        report = run_scenario(scenarios()[name], deployed(checkout, unprotected.name), Options(), folder=tmp_path)

    (run,) = report.runs
    sys.stderr.write(f"{name}, unprotected: {run.expectations}\n")
    assert report.verdict == "missed"
    assert any(one.startswith(seen) for one in run.expectations)
