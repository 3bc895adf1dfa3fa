"""`archkit up` on aws waits for the instances, not only for the template."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archkit.errors import UserError
from archkit.stack.instance_refresh import Refresh, follow

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class Group:
    """Answers as EC2 Auto Scaling does, one look after another."""

    def __init__(self, *looks: dict[str, Any]) -> None:
        self.looks = list(looks)

    def describe_instance_refreshes(self, *, AutoScalingGroupName: str, MaxRecords: int) -> dict[str, Any]:  # noqa: N803
        assert (AutoScalingGroupName, MaxRecords) == ("web", 1)
        return {"InstanceRefreshes": [self.looks.pop(0)] if self.looks else []}


def look(status: str, percent: int = 0, reason: str = "", started: datetime = BEGAN) -> dict[str, Any]:
    return {"Status": status, "PercentageComplete": percent, "StatusReason": reason, "StartTime": started}


def test_a_refresh_is_followed_until_it_is_through() -> None:
    seen: list[Refresh] = []
    slept: list[float] = []
    group = Group(look("Pending"), look("InProgress", 33), look("Successful", 100))

    ended = follow(group, "web", BEGAN, show=seen.append, sleep=slept.append)

    assert ended is not None
    assert [(one.status, one.percent) for one in seen] == [("Pending", 0), ("InProgress", 33), ("Successful", 100)]
    assert len(slept) == 2, "there is nothing to wait for after the last look"


def test_a_rollback_is_an_error_that_names_the_reason() -> None:
    group = Group(look("RollbackInProgress", 50), look("RollbackSuccessful", 100, "instances are unhealthy"))

    with pytest.raises(UserError, match=r"web: .*got RollbackSuccessful; instances are unhealthy; the old version"):
        follow(group, "web", BEGAN, show=lambda _: None, sleep=lambda _: None)


def test_a_refresh_of_an_earlier_deployment_is_not_waited_for() -> None:
    group = Group(look("InProgress", 10, started=BEGAN - timedelta(minutes=5)))

    assert follow(group, "web", BEGAN, show=lambda _: None, sleep=lambda _: None) is None
