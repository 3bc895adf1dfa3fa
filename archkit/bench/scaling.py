"""A group that follows its load: how soon capacity fits, what is shed, whether it flaps, what the simulator said."""

from __future__ import annotations

import json
import random
from functools import partial

from archkit.bench.deployment import Deployment, temporary
from archkit.bench.rows import Row, tried
from archkit.bench.scaling_runs import Watch, capacity_of, first_look, hold_to, run, settle, start_seconds
from archkit.drills.load.outcome import Kind
from archkit.drills.load.result import LoadResult
from archkit.plain import mapping
from archkit.simulate.curve import Curve
from archkit.simulate.scaling import Simulation, World, simulate
from archkit.stack.project import Project
from components.controller.agent.policy import Policy
from components.controller.agent.swarm import SCALING

CPUS = 0.2
WORK = "/work?cpu_milliseconds=20"
BASE = 4.0  # requests a second that one replica is meant to get
MAXIMUM = 6
IN_FLIGHT = 8
CALM_SECONDS, HIGH_SECONDS = 25.0, 100.0
NOISE_SECONDS, NOISE_SHORT_SECONDS, NOISE = 600.0, 60.0, 0.08
SCALE_IN_AFTER = 30
MARGIN_SECONDS = 30.0  # beyond the policy's own time


def measure(project: Project, *, rounds: int = 3) -> list[Row]:
    """All rows, on two stacks of their own; the noise lasts 10 minutes, and one where rounds is 1."""
    noise = NOISE_SECONDS if rounds > 1 else NOISE_SHORT_SECONDS
    return [
        *tried("load steps from 1x to 2x", partial(doubled, project)),
        *tried("load steps from 1x to 5x", partial(fivefold, project, noise_seconds=noise)),
    ]


def doubled(project: Project) -> list[Row]:
    """From 1x to 2x within headroom, and back."""
    values = (
        *("web.service.capacity.minimum=2", "web.service.capacity.maximum=5", "web.service.scaling.cpu_percent=90"),
        *("web.service.scaling.requests_per_replica_per_minute=3000", "web.cdn=null"),
        f"local.scale_in_after_seconds={SCALE_IN_AFTER}",
    )
    steps = ((95.0, CALM_SECONDS), (190.0, 55.0), (60.0, 125.0))
    up_at, down_at = steps[0][1], steps[0][1] + steps[1][1]
    with temporary(project, "benchscale", *values) as web:
        web.up()
        web.wait_for_answer()
        policy = policy_of(web)
        result, watch = run(web, "/", steps)
    simulation = simulate(policy, curve_of(steps), World(capacity_per_replica=250))
    after_fall = [change["at"] for change in simulation.changes if change["at"] >= down_at]
    allowed = (after_fall[-1] - down_at if after_fall else 0.0) + MARGIN_SECONDS
    grown, fallen = watch.reached(4, up_at), watch.fallen(2, down_at)
    failed_up = _failed(result, 0, down_at)
    failed_down = _failed(result, down_at, 1e9)
    return [
        Row(
            what="load steps from 1x to 2x: until capacity fits, s",
            target="<= 45",
            measured="never" if grown is None else f"{grown:.0f}",
            met=grown is not None and grown <= 45,
            n=1,
        ),
        Row(what="load steps from 1x to 2x: failed", target="0", measured=str(failed_up), met=failed_up == 0, n=1),
        Row(
            what="load falls back: until replicas are at the minimum, s",
            target=f"<= {allowed:.0f}",
            measured="never" if fallen is None else f"{fallen:.0f}",
            met=fallen is not None and fallen <= allowed,
            n=1,
            note=f"the policy's own time and {MARGIN_SECONDS:.0f} s",
        ),
        Row(what="requests failed during scale-in", target="0", measured=str(failed_down), met=failed_down == 0, n=1),
    ]


def fivefold(project: Project, *, noise_seconds: float) -> list[Row]:
    """From 1x to 5x with replicas held to 0.2 CPU, then steady noise; beside the simulator."""
    values = (
        *("web.service.capacity.minimum=1", f"web.service.capacity.maximum={MAXIMUM}", "web.cdn=null"),
        f"web.service.scaling.requests_per_replica_per_minute={BASE * 60:.0f}",
        *("web.service.scaling.cpu_percent=90", "local.scale_in_after_seconds=600"),
        *(f"local.requests_in_flight_per_replica={IN_FLIGHT}", "local.response_timeout_milliseconds=8000"),
    )
    steps = ((BASE, CALM_SECONDS), (5 * BASE, HIGH_SECONDS))
    noise = random.Random(5)  # noqa: S311 - a load
    wobble = tuple((5 * BASE * noise.uniform(1 - NOISE, 1 + NOISE), 5.0) for _ in range(int(noise_seconds / 5)))
    with temporary(project, "benchfive", *values) as web:
        web.up()
        web.wait_for_answer()
        hold_to(web, CPUS)
        capacity = capacity_of(web, WORK, 4 * BASE)
        policy = policy_of(web)
        settle(web)
        result, watch = run(web, WORK, (*steps, *wobble))
    seconds = sum(length for _, length in steps)
    start, look = start_seconds(watch), first_look(watch)
    curve = curve_of(steps)
    world = World(
        capacity_per_replica=capacity, start_seconds=start, in_flight_per_replica=IN_FLIGHT, first_look_seconds=look
    )
    simulation = simulate(policy, curve, world)
    shed = [one for one in result.samples if one.kind == Kind.HTTP_5XX and one.intended < seconds]
    others = sum(one.kind not in {Kind.OK, Kind.HTTP_5XX} for one in result.samples)
    untold = sum(not one.replica for one in shed)
    slowest = max((one.latency for one in shed), default=0.0)
    ratio = len(shed) / simulation.lost if simulation.lost else float("inf")
    agreed = _agreed(watch, simulation)
    flaps = watch.changes(seconds)
    return [
        Row(
            what="load steps from 1x to 5x, replicas held to 0.2 CPU: shed, live / simulated",
            target="0.9 - 1.1",
            measured=f"{ratio:.2f}",
            met=0.9 <= ratio <= 1.1,
            n=1,
            note=f"{len(shed)} / {simulation.lost:.0f} requests; {capacity:.1f} requests/s and replica, {start:.1f} s "
            f"to start, looked at from {look:.1f} s on: all measured",
        ),
        Row(
            what="what was shed: longest until its 503 with Retry-After, s",
            target="< 1",
            measured=f"{slowest:.2f}",
            met=bool(shed) and slowest < 1 and others == 0 and untold == 0,
            n=len(shed),
            note=f"{others} ended in another way than with an answer or a 503, {untold} without Retry-After",
        ),
        Row(
            what="simulator against live run, seconds within 1 replica",
            target=">= 90 %",
            measured=f"{100 * agreed:.0f} %",
            met=agreed >= 0.9,
            n=1,
        ),
        Row(
            what=f"flaps in {noise_seconds / 60:.0f} minutes of steady noise",
            target="0",
            measured=str(flaps),
            met=flaps == 0 and noise_seconds >= NOISE_SECONDS,
            n=1,
            note=f"each 5 s another rate, {NOISE:.0%} to either side"
            + ("" if noise_seconds >= NOISE_SECONDS else "; shorter than the 10 minutes that count"),
        ),
    ]


def policy_of(web: Deployment) -> Policy:
    """As the controller has it."""
    found = mapping(web.docker.services.get(f"{web.name}-web").attrs["Spec"]["Labels"])
    return Policy.read(json.loads(found[SCALING]))


def curve_of(steps: tuple[tuple[float, float], ...]) -> Curve:
    """The same load as the simulator takes it."""
    points: list[tuple[float, float]] = []
    at = 0.0
    for rate, seconds in steps:
        points.append((at, rate))
        at += seconds
    return Curve(name="steps", points=tuple(points), seconds=at)


def _agreed(watch: Watch, simulation: Simulation) -> float:
    """The share of seconds in which both wanted the same number of replicas or one more or less."""
    told = [(int(at), wanted) for at, wanted, _ in watch.seen if at < len(simulation.moments)]
    return sum(abs(simulation.moments[at].replicas - wanted) <= 1 for at, wanted in told) / len(told)


def _failed(result: LoadResult, began: float, ended: float) -> int:
    return sum(one.kind != Kind.OK and began <= one.intended < ended for one in result.samples)
