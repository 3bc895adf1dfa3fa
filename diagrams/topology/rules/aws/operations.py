"""Backups, alarms, logs and audit: what is there for the day something breaks."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft, describe
from topology.draft.facts import get, items, text, whole
from topology.draft.parts import DraftNode
from topology.kinds import EdgeKind, How, Kind, Tier
from topology.rules.rule import Role, Rule, folded

VAULT = ("aws:backup/vault:Vault", "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault")
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def flow_plan(draft: Draft, resource: Resource) -> None:
    """Copies from one vault to another."""
    facts = draft.facts
    kept: dict[tuple[str, str], set[int]] = {}
    for index, rule in enumerate(items(resource.inputs, "rules")):
        days = whole(rule, "copyActions", "lifecycle", "deleteAfter")
        for source in draft.homes(facts.linked(resource, f"rules[{index}].targetVaultName")):
            for goal in draft.homes(facts.linked(resource, f"rules[{index}].copyActions")):
                kept.setdefault((source, goal), set()).update([days] if days else [])
    for (source, goal), days in kept.items():
        draft.connect(source, goal, EdgeKind.BACKUP, _copied(sorted(days)), resource)
    draft.account(resource, How.FOLDED, next(iter(_vaults(draft, resource)), ""))


def _copied(days: list[int]) -> str:
    """One label for all the copies from one vault to another: `copy, kept 35, 56 and 372 days`."""
    if not days:
        return "copy"
    *before, last = map(str, days)
    return f"copy, kept {', '.join(before)} and {last} days" if before else f"copy, kept {last} days"


def _vaults(draft: Draft, plan: Resource) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for index, _ in enumerate(items(plan.inputs, "rules")):
        found.update(dict.fromkeys(draft.homes(draft.facts.linked(plan, f"rules[{index}].targetVaultName"))))
    return tuple(found)


def flow_selection(draft: Draft, resource: Resource) -> None:
    """From the data to the vault that keeps its copies; the label is how often."""
    facts = draft.facts
    for plan in facts.linked(resource, "planId"):
        schedules = [one for rule in items(plan.inputs, "rules") if (one := cadence(rule))]
        label = ", ".join(dict.fromkeys(schedules))
        chosen = list(draft.homes(facts.linked(resource, "resources")))
        why = describe(resource)
        for tag in items(resource.inputs, "selectionTags"):
            chosen += _tagged(draft, text(tag, "key"), text(tag, "value"))
            why = f"{describe(resource)} by tag {text(tag, 'key')}={text(tag, 'value')}"
        for source in dict.fromkeys(chosen):
            for vault in _vaults(draft, plan):
                if draft.nodes[source].kind is not Kind.BACKUP_VAULT:
                    draft.connect(source, vault, EdgeKind.BACKUP, label, resource, why=why)
    draft.account(resource, How.FOLDED, draft.owner(resource))


def _tagged(draft: Draft, key: str, value: str) -> list[str]:
    found: list[str] = []
    for urn, node in draft.home.items():
        resource = draft.facts.by_urn.get(urn)
        if key and resource is not None and get(resource.inputs, "tags", key) == value:
            found.append(node)
    return found


def cadence(rule: object) -> str:
    """`hourly`, `daily`, `weekly`, `monthly` or `continuous` of a backup rule; empty where it is something else."""
    if get(rule, "enableContinuousBackup") is True:
        return "continuous"
    schedule = text(rule, "schedule")
    fields = schedule.removeprefix("cron(").removesuffix(")").split()
    if len(fields) != 6:
        return schedule
    _, hour, day, _, weekday, _ = fields
    if "*" in hour or "/" in hour:
        return "hourly" if hour == "*" else f"every {hour.rpartition('/')[2]} hours"
    if weekday not in ("?", "*"):
        return "weekly"
    return "daily" if day in ("?", "*") else "monthly"


def flow_alarm(draft: Draft, resource: Resource) -> None:
    """An alarm is a line of the topic that it tells, else of what it watches."""
    facts = draft.facts
    told = [
        draft.nodes[node]
        for node in draft.homes(facts.linked(resource, "alarmActions", "okActions"))
        if draft.nodes[node].kind in (Kind.TOPIC, Kind.ALARM)
    ]
    for topic in told:
        topic.kind = Kind.ALARM
        draft.alarms.setdefault(topic.id, []).append(resource.name)
    watched = draft.homes(facts.linked(resource, "dimensions", "metricQueries"))
    if not told and watched:
        draft.alarms.setdefault(watched[0], []).append(resource.name)
    home = told[0].id if told else next(iter(watched), "")
    draft.account(resource, How.FOLDED, home, "alarm")


def flow_metric_filter(draft: Draft, resource: Resource) -> None:
    """A metric made from a log stays with the log's writer."""
    draft.account(resource, How.FOLDED, draft.owner(resource))


def flow_delivery(draft: Draft, resource: Resource) -> None:
    """Delivery of logs: from what writes them to where they are kept."""
    facts = draft.facts
    for source in facts.linked(resource, "deliverySourceName"):
        for writer in draft.homes(facts.linked(source, "resourceArn")):
            for place in facts.linked(resource, "deliveryDestinationArn"):
                goals = draft.homes(facts.linked(place, "deliveryDestinationConfiguration"))
                for goal in goals:
                    draft.connect(writer, goal, EdgeKind.TELEMETRY, "access log", resource)
                    draft.connect(writer, goal, EdgeKind.TELEMETRY, "", place)
                    draft.connect(writer, goal, EdgeKind.TELEMETRY, "", source)
    draft.account(resource, How.FOLDED, draft.owner(resource))


def flow_trail(draft: Draft, resource: Resource) -> None:
    """Where an audit trail is written."""
    for goal in draft.homes(draft.facts.linked(resource, "s3BucketName")):
        draft.connect(draft.home[resource.urn], goal, EdgeKind.TELEMETRY, "audit log", resource)


def flow_notifications(draft: Draft, resource: Resource) -> None:
    """Who hears of a vault's jobs."""
    for vault in draft.homes(draft.facts.linked(resource, "backupVaultName")):
        for topic in draft.homes(draft.facts.linked(resource, "snsTopicArn")):
            draft.connect(vault, topic, EdgeKind.EVENT, "backup events", resource)


def shape_vault(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Says where a vault keeps its copies apart."""
    if resource.type == VAULT[1]:
        node.details["air-gapped"] = None


RULES: dict[str, Rule] = {
    **dict.fromkeys(
        VAULT,
        Rule(
            role=Role.PRIMARY,
            kind=Kind.BACKUP_VAULT,
            service="Backup vault",
            icon="aws/backup",
            tier=Tier.STORAGE,
            carries=("kmsKeyArn",),
            shape=shape_vault,
        ),
    ),
    "aws:backup/vaultPolicy:VaultPolicy": folded("backupVaultName"),
    "aws:backup/vaultNotifications:VaultNotifications": Rule(
        role=Role.CONNECTOR, of=("backupVaultName",), flow=flow_notifications
    ),
    "aws:backup/plan:Plan": Rule(role=Role.CONNECTOR, of=("rules",), flow=flow_plan),
    "aws:backup/selection:Selection": Rule(
        role=Role.CONNECTOR, of=("planId",), carries=("iamRoleArn",), flow=flow_selection
    ),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": folded("recoveryPointSelection"),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": folded(
        "restoreTestingPlanName", carries=("iamRoleArn",)
    ),
    "aws:backup/regionSettings:RegionSettings": folded(),
    "aws:backup/globalSettings:GlobalSettings": folded(),
    "aws:backup/framework:Framework": folded(),
    ALARM: Rule(role=Role.CONNECTOR, of=("alarmActions", "dimensions"), flow=flow_alarm),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Rule(role=Role.CONNECTOR, of=("alarmActions",), flow=flow_alarm),
    "aws:cloudwatch/dashboard:Dashboard": Rule(
        role=Role.PRIMARY, kind=Kind.METRICS, service="CloudWatch dashboard", icon="aws/cloudwatch"
    ),
    "aws:cloudwatch/logGroup:LogGroup": Rule(
        role=Role.BADGE, badge="logs", icon="aws/cloudwatch-logs", of=("name",), carries=("kmsKeyId",)
    ),
    "aws:cloudwatch/logStream:LogStream": folded("logGroupName"),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": folded(),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": Rule(
        role=Role.FOLDED, of=("logGroupName",), flow=flow_metric_filter
    ),
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": folded("logGroup"),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": folded("resourceArn"),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": folded("deliveryDestinationConfiguration"),
    "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy": folded("deliveryDestinationName"),
    "aws:cloudwatch/logDelivery:LogDelivery": Rule(
        role=Role.CONNECTOR, of=("deliverySourceName", "deliveryDestinationArn"), flow=flow_delivery
    ),
    "aws:cloudtrail/trail:Trail": Rule(
        role=Role.PRIMARY,
        kind=Kind.LOGS,
        service="CloudTrail",
        icon="aws/cloudtrail",
        carries=("kmsKeyId",),
        flow=flow_trail,
    ),
    "aws:guardduty/detector:Detector": folded(),
    "aws:budgets/budget:Budget": folded(),
    "aws:sns/smsPreferences:SmsPreferences": folded(),
}
