"""The controls of the API's drills: without what keeps a failure from clients, each of them must fail."""

import sys

import pytest
from tenacity import retry, retry_if_exception, stop_after_attempt

from archkit.bench.deployment import temporary
from archkit.drills.deployed import deployed
from archkit.drills.report import Report
from archkit.drills.runner import Options, held, run_scenario
from archkit.drills.scenarios import scenarios
from archkit.errors import UserError

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
        ("api-primary-killed", "clients may go 6 s without an acknowledged write, got"),
    ],
)
def test_a_drill_fails_where_its_protection_is_taken_away(unprotected, checkout, name, seen, tmp_path) -> None:
    found = deployed(checkout, unprotected.name)

    # Without protection each slow answer of the cache is a failed request, before the fault as well.
    @retry(retry=retry_if_exception(_unsteady), stop=stop_after_attempt(3), reraise=True)
    def drilled() -> Report:
        with held(unprotected.name, doing="a test"):
            return run_scenario(scenarios()[name], found, Options(), folder=tmp_path)

    report = drilled()

    (run,) = report.runs
    sys.stderr.write(f"{name}, unprotected: {run.expectations}\n")
    assert report.verdict == "missed"
    assert any(one.startswith(seen) for one in run.expectations)


def _unsteady(error: BaseException) -> bool:
    return isinstance(error, UserError) and "steady state" in str(error)
