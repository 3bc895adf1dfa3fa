"""A cache's failures as drills, each beside its control, on the stack that this package shares."""

import sys
import threading

import httpx
import pytest

from archkit.drills.runner import Options, held, run_scenario
from archkit.drills.scenarios import scenarios

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]
SLOW = 3  # gaps are held to their promise by the bench, on a quiet machine; here others may run beside


class Control:
    """Clients of an application that needs its cache: what they see of a failure proves that it happened."""

    def __init__(self, port: int) -> None:
        self.url, self.failed, self.good, self._ended = f"http://127.0.0.1:{port}/needs", 0, 0, threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> "Control":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _ask(self) -> None:
        with httpx.Client(timeout=5) as asked:
            while not self._ended.wait(0.05):
                try:
                    good = asked.get(self.url).is_success
                except httpx.TransportError:
                    good = False
                self.good, self.failed = self.good + good, self.failed + (not good)


@pytest.mark.parametrize("name", ["cache-primary-killed", "cache-frozen", "cache-gone"])
def test_who_asks_past_a_lost_cache_sees_no_failure_and_who_needs_it_does(caches, name, tmp_path) -> None:
    before = caches.primary()

    with held(caches.name, doing="a test"), Control(caches.port) as control:
        options = Options(patience=SLOW, rate=100)
        report = run_scenario(scenarios()[name], caches.deployed, options, folder=tmp_path)

    (run,) = report.runs
    timings = ", ".join(f"{one.what} {one.seconds} s" for one in run.timings)
    sys.stderr.write(f"{name}: {run.measures.failed} of {run.measures.sent} failed, {timings}; ")
    sys.stderr.write(f"control: {control.failed} of {control.failed + control.good} failed\n")
    assert run.expectations == ()
    assert run.measures.sent > 500
    assert run.measures.failed == 0
    assert control.failed, "nobody noticed: no failure was made"
    assert control.good, "the cache came back"
    after = caches.primary()
    if name != "cache-gone":
        assert after.service != before.service, "another leads"
        (old,) = [one for one in caches.members(role="member") if one.service == before.service]
        assert caches.ask(old.container, "cache-ask", "127.0.0.1", "6379", "ROLE").split()[0] == "slave"
    assert len(caches.members(role="member")) == 3


def test_without_sentinels_the_drill_says_that_nobody_took_over(caches, tmp_path) -> None:
    names = [one.service for one in caches.members(role="sentinel")]
    services = [caches.docker.services.list(filters={"name": name})[0] for name in names]
    for one in services:
        one.scale(0)

    try:
        with held(caches.name, doing="a test"):
            options = Options(rate=50, patience=0.5)
            report = run_scenario(scenarios()["cache-frozen"], caches.deployed, options, folder=tmp_path)
    finally:
        for one in services:
            one.reload()
            one.scale(1)

    assert any(one.startswith("a replica has taken over") for one in report.runs[0].expectations)
