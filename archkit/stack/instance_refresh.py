"""Follows the instance refresh of an Auto Scaling group to its end: the provider does not wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from archkit.errors import UserError
from archkit.plain import items, mapping, text
from archkit.stack.workspace import Opened

PERIOD_SECONDS = 10.0
GROUP = "aws:autoscaling/group:Group"
# Source: EC2 Auto Scaling API reference, data type InstanceRefresh, Status.
_SUCCEEDED = "Successful"
_ENDED = {_SUCCEEDED, "Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful"}


class AutoScaling(Protocol):
    """The one call of EC2 Auto Scaling that is needed."""

    def describe_instance_refreshes(self, *, AutoScalingGroupName: str, MaxRecords: int) -> Mapping[str, Any]:  # noqa: N803
        """As in the API reference."""
        ...


@dataclass(frozen=True, kw_only=True)
class Refresh:
    """One look at an instance refresh.

    Args:
        group: Name of the Auto Scaling group.
        status: The API's word: `InProgress`, `Successful`, `RollbackSuccessful`, ...
        percent: How far it is, 0 to 100.
        reason: Why it is in that status, where the API says so.

    """

    group: str
    status: str
    percent: int
    reason: str

    @property
    def ended(self) -> bool:
        return self.status in _ENDED


def groups(opened: Opened) -> list[tuple[str, str]]:
    """Region and name of each Auto Scaling group that the stack's state holds."""
    resources = items(mapping(opened.stack.export_stack().deployment).get("resources"))
    region = text(opened.config.get("aws:region"))
    found: list[tuple[str, str]] = []
    for resource in resources:
        outputs = mapping(resource.get("outputs"))
        if resource.get("type") == GROUP:
            found.append((text(outputs.get("region")) or region, text(outputs.get("name"))))
    return found


def follow(
    client: AutoScaling,
    group: str,
    since: datetime,
    *,
    show: Callable[[Refresh], None],
    sleep: Callable[[float], None] = time.sleep,
) -> Refresh | None:
    """Waits for a group's newest refresh; None where none was started since then.

    Args:
        client: EC2 Auto Scaling in the group's region.
        group: The group's name.
        since: When the deployment began, with its time zone.
        show: Told of each look.
        sleep: Waits between two looks, in seconds.

    Raises:
        UserError: It failed, was cancelled, or was rolled back; the reason is the API's.

    """
    last = None
    for last in _looks(client, group, since, sleep):
        show(last)
    if last is not None and last.status != _SUCCEEDED:
        message = (
            f"{group}: its instances must be replaced by the new version, got {last.status}; "
            f"{last.reason or 'the API gives no reason'}; the old version serves on, while the stack's state names the "
            "new one: deploy a version that works"
        )
        raise UserError(message)
    return last


def _looks(client: AutoScaling, group: str, since: datetime, sleep: Callable[[float], None]) -> Iterator[Refresh]:
    while True:
        answer = client.describe_instance_refreshes(AutoScalingGroupName=group, MaxRecords=1)
        refreshes = [mapping(one) for one in items(answer.get("InstanceRefreshes"))]
        newest = next((one for one in refreshes if one.get("StartTime") is None or one["StartTime"] >= since), None)
        if newest is None:
            return
        look = Refresh(
            group=group,
            status=text(newest["Status"]),
            percent=int(newest.get("PercentageComplete") or 0),
            reason=text(newest.get("StatusReason")),
        )
        yield look
        if look.ended:
            return
        sleep(PERIOD_SECONDS)
