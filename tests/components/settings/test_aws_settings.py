"""What AWS can be told, and what the kit says otherwise."""

from typing import Any

import pytest

from components.errors import InvalidArgsError
from components.profile import Profile
from components.settings import AwsSettings, Nat
from components.settings.aws_data import CacheSettings, DatabaseSettings

TAGGED = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/web:1"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"region": "Frankfurt"}, "aws/region: must be a region's code, got 'Frankfurt'; such as 'eu-central-1'"),
        (
            {"images": {"web": "web:1"}},
            "aws/images/web: must be <registry>/<repository>@sha256:<digest> or :<tag>, got 'web:1'; EC2 pulls it",
        ),
        (
            {"images": {"web": TAGGED}, "profile": Profile.PROD},
            f"aws/images/web: must have a digest in the prod profile, got {TAGGED!r}; a tag can change under a group",
        ),
        (
            {"client_requests_per_minute": 9},
            "aws/client_requests_per_minute: must be 10 to 2000000000, got 9; "
            "AWS WAF counts no other rate; leave it empty for no limit",
        ),
        (
            {"alarm_topic_arn": "alarms"},
            "aws/alarm_topic_arn: must be an SNS topic's ARN, got 'alarms'; CloudWatch sends alarms there",
        ),
        (
            {"log_retention_days": 91},
            "aws/log_retention_days: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, "
            "1096, 1827, 2192, 2557, 2922, 3288, 3653, got 91; CloudWatch Logs knows no other",
        ),
    ],
)
def test_what_aws_would_refuse_is_refused_before(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        AwsSettings(**given)

    assert refused.value.problems == (message,)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        AwsSettings(region="x", cidr="10.0.0.0/24", log_retention_days=0, images={"web": "web"})

    assert [problem.partition(":")[0] for problem in refused.value.problems] == [
        "aws/region",
        "aws/cidr",
        "aws/log_retention_days",
        "aws/images/web",
    ]


@pytest.mark.parametrize(
    ("profile", "nat", "effective"),
    [
        (Profile.DEV, None, Nat.SINGLE),
        (Profile.PROD, None, Nat.PER_ZONE),
        (Profile.PROD, Nat.SINGLE, Nat.SINGLE),
        (Profile.DEV, Nat.NONE, Nat.NONE),
    ],
)
def test_production_gets_a_nat_gateway_in_each_zone_unless_told_otherwise(
    profile: Profile, nat: Nat | None, effective: Nat
) -> None:
    assert AwsSettings(profile=profile, nat=nat).effective_nat is effective


SHORT = "which is {} minutes; AWS patches within it and takes no other"


@pytest.mark.parametrize(
    ("settings", "window", "problem"),
    [
        (
            DatabaseSettings,
            "sun 3",
            "aws/database/maintenance_window: must be day:hh:mm-day:hh:mm, got 'sun 3'; "
            "such as 'sun:03:00-sun:04:00', in UTC",
        ),
        (
            DatabaseSettings,
            "sun:03:00-sun:03:29",
            "aws/database/maintenance_window: must last at least 30 minutes and "
            f"less than a day, got 'sun:03:00-sun:03:29', {SHORT.format(29)}",
        ),
        (
            DatabaseSettings,
            "sun:03:00-tue:03:00",
            "aws/database/maintenance_window: must last at least 30 minutes and "
            f"less than a day, got 'sun:03:00-tue:03:00', {SHORT.format(2880)}",
        ),
        (
            CacheSettings,
            "sun:04:00-sun:04:30",
            "aws/cache/maintenance_window: must last at least 60 minutes and "
            f"less than a day, got 'sun:04:00-sun:04:30', {SHORT.format(30)}",
        ),
        (
            CacheSettings,
            "sun:04:00-sun:04:00",
            "aws/cache/maintenance_window: must last at least 60 minutes and "
            f"less than a day, got 'sun:04:00-sun:04:00', {SHORT.format(0)}",
        ),
    ],
)
def test_a_window_that_aws_does_not_take_is_refused(settings: Any, window: str, problem: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        settings(maintenance_window=window)

    assert refused.value.problems == (problem,)


def test_a_window_may_reach_into_the_next_week() -> None:
    assert CacheSettings(maintenance_window="sun:23:30-mon:00:30").maintenance_window
    assert DatabaseSettings(maintenance_window="sun:23:45-mon:00:15").maintenance_window
