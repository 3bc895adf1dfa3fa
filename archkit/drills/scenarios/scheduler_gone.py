"""Nobody schedules any more."""

from __future__ import annotations

import os

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import SchedulerFrozen
from archkit.drills.observe import complete
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements

FROZEN_SECONDS = 10.0


class SchedulerGone(Scenario):
    """Requests go on being served: the swarm decides what runs, and has no part in what runs.

    Its way back is the harder half. Daemons that all hung for longer than the heartbeat (1 s in the lab) take each
    other for dead when they run again: addresses vanish from DNS, and tasks are started anew, load balancers too.
    """

    name = "scheduler-gone"
    title = "Every zone's Docker daemon hangs under load: no scheduler, no health checks, no DNS"
    reason = (
        "while it lasts, nothing fails: "
        "containers and overlay networks are the kernel's; where DNS hangs, load balancers keep the addresses they "
        "know, and their own checks go on; afterwards each daemon takes the others for dead, and starts anew what runs"
    )
    setting = (
        "load balancer: `hold timeout 1h`, `hold refused 1h`, `hold other 1h` of its `resolvers`; swarm: heartbeat"
    )

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.first(
            requirements.lab(deployed), requirements.root(deployed), requirements.replicas(deployed, 2)
        )

    def run(self, drill: Drill) -> None:
        assert drill.deployed.lab is not None
        web = drill.service()
        count = drill.count(web)
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(failed=0)
        roots = tuple(os.fspath(zone.root / "data") for zone in drill.deployed.lab.zones)
        with drill.fault(SchedulerFrozen(data_roots=roots)):
            drill.hold(FROZEN_SECONDS)
            failed = drill.failed_so_far()
            drill.expect("no request failed while no daemon ran", lambda: failed == 0, within=FROZEN_SECONDS + 5)
        drill.expect(f"{count} replicas of {web} are healthy", complete(drill.deployed, web, count), within=60)
        drill.hold(AFTER_SECONDS)
