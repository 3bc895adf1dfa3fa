"""What a caller may ask of a service, and what the kit says otherwise."""

from collections.abc import Callable
from typing import Any

import pytest

from components.errors import InvalidArgsError
from components.service import Capacity, HealthCheck, ScalingPolicy, ScheduledMinimum, ServiceArgs


def problems(make: Callable[[], Any]) -> tuple[str, ...]:
    with pytest.raises(InvalidArgsError) as refused:
        make()
    return refused.value.problems


def test_all_problems_of_a_service_are_told_at_once() -> None:
    assert problems(lambda: ServiceArgs(port=80, drain_seconds=0, environment={"my-var": "1"})) == (
        "service/port: must be 1024 to 65535, got 80; lower ports need root, which no replica has",
        "service/drain_seconds: must be 1 to 3600, got 0; a replica that does not drain cuts off the requests it holds",
        "service/environment/my-var: must be an environment variable's name, got 'my-var'; "
        "capital letters, digits and underscores reach every program",
    )


def test_capacity_is_a_range_with_at_least_one_replica() -> None:
    assert problems(lambda: Capacity(minimum=0, maximum=1001)) == (
        "service/capacity/minimum: must be 1 to 1000, got 0; a service has at least one replica",
        "service/capacity/maximum: must be 1 to 1000, got 1001; a service has at least one replica",
    )
    assert problems(lambda: Capacity(minimum=5, maximum=4)) == (
        "service/capacity/minimum: must be at most the maximum 4, got 5; no number of replicas lies between them",
    )


def test_scaling_targets_have_limits() -> None:
    policy: dict[str, Any] = {"cpu_percent": 95, "requests_per_replica_per_minute": 0, "warm_up_seconds": 10}

    assert problems(lambda: ScalingPolicy(**policy)) == (
        "service/scaling/cpu_percent: must be 10 to 90, got 95; "
        "below it the group never shrinks, above it a burst finds no headroom",
        "service/scaling/requests_per_replica_per_minute: must be 1 to 10000000, got 0; "
        "a target of no requests asks for endless replicas",
        "service/scaling/warm_up_seconds: must be 60 to 3600, got 10; "
        "metrics have a period of 60 s; a shorter warm-up decides on figures of before",
    )


def test_latency_is_no_target_and_the_reason_is_told() -> None:
    assert problems(lambda: ScalingPolicy(latency_milliseconds=200)) == (
        "service/scaling/latency_milliseconds: must not be given, got 200; it does not fall in proportion to replicas, "
        "and a slow dependency would start them without end: hold requests_per_replica_per_minute or cpu_percent",
    )


def test_a_schedule_has_five_fields_and_lies_within_the_capacity() -> None:
    assert problems(lambda: ScheduledMinimum(name="day", schedule="0 7 * *", minimum=0)) == (
        "service/scaling/schedules/day/schedule: must be crontab's five fields, got '0 7 * *'; "
        "minute, hour, day of month, month, day of week",
        "service/scaling/schedules/day/minimum: must be 1 to 1000, got 0; a service has at least one replica",
    )
    day = ScheduledMinimum(name="day", schedule="0 7 * * *", minimum=9)
    assert problems(lambda: ServiceArgs(capacity=Capacity(maximum=6), scaling=ScalingPolicy(schedules=(day,)))) == (
        "service/scaling/schedules/day/minimum: must be 3 to 6, got 9; a scheduled minimum lies within the capacity",
    )


def test_two_schedules_of_one_name_are_refused() -> None:
    day = ScheduledMinimum(name="day", schedule="0 7 * * *", minimum=3)

    assert problems(lambda: ScalingPolicy(schedules=(day, day))) == (
        "service/scaling/schedules: must have different names, got day, day; the second would replace the first",
    )


def test_health_paths_are_paths_and_a_start_has_a_limit() -> None:
    told = problems(lambda: HealthCheck(live_path="healthz", ready_path="readyz", start_seconds=0))

    assert told == (
        "service/health/live_path: must begin with a slash, got 'healthz'; it is the path of a URL",
        "service/health/ready_path: must begin with a slash, got 'readyz'; it is the path of a URL",
        "service/health/start_seconds: must be 1 to 7200, got 0; "
        "the longest grace period that an Auto Scaling group takes",
    )


@pytest.mark.parametrize("seconds", [1, 3600])
def test_both_ends_of_a_range_are_inside_it(seconds: int) -> None:
    assert ServiceArgs(drain_seconds=seconds).drain_seconds == seconds
