"""EC2 Auto Scaling."""

from __future__ import annotations

from collections.abc import Iterator

from archkit.graph import Graph, Resource
from archkit.policies.model import Problem, policy
from archkit.policies.read import is_true, literal, number, obj, objects, sources

GROUP = "aws:autoscaling/group:Group"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
POLICY = "aws:autoscaling/policy:Policy"
SCHEDULE = "aws:autoscaling/schedule:Schedule"
_GUIDE = "Amazon EC2 Auto Scaling User Guide"


@policy("aws-autoscaling-bounds", title="A group's minimum is not above its maximum", source=_GUIDE)
def bounds(graph: Graph) -> Iterator[Problem]:
    for group in graph.of_type(GROUP):
        low, high = number(group.inputs.get("minSize")), number(group.inputs.get("maxSize"))
        if low is not None and high is not None and low > high:
            yield Problem(
                resource=group,
                reason=f"minSize: must be at most maxSize {high:g}, got {low:g}",
                remedy="raise the maximum or lower the minimum",
            )


@policy(
    "aws-autoscaling-metrics-granularity",
    title="Group metrics are collected each minute",
    source=f"{_GUIDE}, Monitor CloudWatch metrics for your Auto Scaling groups",
)
def granularity(graph: Graph) -> Iterator[Problem]:
    for group in graph.of_type(GROUP):
        stated = group.inputs.get("metricsGranularity")
        if group.inputs.get("enabledMetrics") and stated not in (None, "1Minute"):
            yield Problem(
                resource=group,
                reason=f"metricsGranularity: must be 1Minute, the only one there is, got {stated!r}",
                remedy="set 1Minute or leave it out",
            )


@policy("aws-autoscaling-target", title="Scaling policies and schedules name a group that exists", source=_GUIDE)
def target(graph: Graph) -> Iterator[Problem]:
    known = {literal(group.inputs.get("name")) for group in graph.of_type(GROUP)}
    for one in (*graph.of_type(POLICY), *graph.of_type(SCHEDULE)):
        name = literal(one.inputs.get("autoscalingGroupName"))
        if name is not None and name not in known and not sources(graph, one, "autoscalingGroupName", GROUP):
            yield Problem(
                resource=one,
                reason=f"autoscalingGroupName: no group of this stack has that name, got {name!r}",
                remedy="pass the group's `name` output",
            )
    resource_ids = {literal(one.inputs.get("resourceId")) for one in graph.of_type("aws:appautoscaling/target:Target")}
    for one in graph.of_type("aws:appautoscaling/policy:Policy"):
        id_ = literal(one.inputs.get("resourceId"))
        if id_ is not None and id_ not in resource_ids:
            yield Problem(
                resource=one,
                reason=f"resourceId: no scalable target of this stack has it, got {id_!r}",
                remedy="pass the target's `resource_id` output",
            )


@policy(
    "aws-autoscaling-refresh-rollback",
    title="An instance refresh that rolls back refers to a fixed template version and image",
    source=f"{_GUIDE}, Undo changes with a rollback",
)
def rollback(graph: Graph) -> Iterator[Problem]:
    for group in graph.of_type(GROUP):
        preferences = obj(obj(group.inputs.get("instanceRefresh")).get("preferences"))
        if not is_true(preferences.get("autoRollback")):
            continue
        for specification in specifications(group):
            if specification.get("version") in (None, "$Latest", "$Default"):
                yield Problem(
                    resource=group,
                    reason=f"launchTemplate.version: a refresh cannot roll back to {specification.get('version')!r}",
                    remedy="pass the template's `latest_version` output",
                )
        for template in graph.of_type(TEMPLATE):
            image = template.inputs.get("imageId")
            used = any(one.urn == template.urn for one in group.references) or any(
                template.urn in urns for urns in group.reads.values()
            )
            if used and isinstance(image, str) and image.startswith("resolve:ssm:"):
                yield Problem(
                    resource=template,
                    reason=f"imageId: a refresh cannot roll back with an image that AWS resolves, got {image}",
                    remedy="resolve it at deployment: `ssm.get_parameter(...).insecure_value`",
                )


def specifications(group: Resource) -> list[dict[str, object]]:
    """What a group says of its launch template, wherever it says it."""
    mixed = obj(obj(group.inputs.get("mixedInstancesPolicy")).get("launchTemplate"))
    return [*objects(group.inputs.get("launchTemplate")), *objects(mixed.get("launchTemplateSpecification"))]


@policy(
    "aws-autoscaling-target-tracking",
    title="Target tracking has no cooldown and follows no latency",
    source=f"{_GUIDE}, Target tracking scaling policies",
)
def target_tracking(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(POLICY):
        if one.inputs.get("policyType") != "TargetTrackingScaling":
            continue
        if one.inputs.get("cooldown") is not None:
            yield Problem(
                resource=one,
                reason="cooldown: target tracking ignores it",
                remedy="set the group's default_instance_warmup, or the policy's estimated_instance_warmup",
            )
        tracking = obj(one.inputs.get("targetTrackingConfiguration"))
        metric = obj(tracking.get("customizedMetricSpecification")).get("metricName")
        if metric in ("TargetResponseTime", "Latency", "OriginLatency"):
            yield Problem(
                resource=one,
                reason=f"metricName: a latency need not fall when instances are added, got {metric}",
                remedy="track CPU or requests per target",
            )


@policy(
    "aws-autoscaling-schedule-sizes",
    title="Scheduled actions state all three sizes",
    source=f"{_GUIDE}, Scheduled scaling; provider documentation of autoscaling.Schedule",
)
def schedule_sizes(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(SCHEDULE):
        missing = [key for key in ("minSize", "maxSize", "desiredCapacity") if one.inputs.get(key) is None]
        if missing:
            yield Problem(
                resource=one,
                reason=f"{', '.join(missing)}: must be given, left out they mean 0",
                remedy="pass -1 to leave a size as it is",
            )
