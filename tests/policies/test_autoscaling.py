"""Policies of EC2 Auto Scaling: programs that break and that keep each."""

import pulumi_aws as aws


def _group(**more):
    return aws.autoscaling.Group("group", **{"min_size": 1, "max_size": 3, **more})


def _template(**more):
    given = {"metadata_options": {"http_tokens": "required"}, **more}
    return aws.ec2.LaunchTemplate("template", **given)


def _refresh(version, image="ami-1"):
    template = _template(image_id=image)
    _group(
        launch_template={"id": template.id, "version": template.latest_version if version is None else version},
        instance_refresh={"strategy": "Rolling", "preferences": {"auto_rollback": True}},
    )


def _tracking(**more):
    given = {"policy_type": "TargetTrackingScaling", "autoscaling_group_name": _group().name}
    aws.autoscaling.Policy("follow", **given, **more)


def _latency(metric):
    metric_specification = {"metric_name": metric, "namespace": "AWS/ApplicationELB", "statistic": "Average"}
    _tracking(
        target_tracking_configuration={
            "customized_metric_specification": metric_specification,
            "target_value": 1,
        }
    )


def _schedule(**sizes):
    aws.autoscaling.Schedule(
        "night", scheduled_action_name="night", autoscaling_group_name=_group().name, recurrence="0 1 * * *", **sizes
    )


def _orphan_scaling(resource_id):
    shared = {"service_namespace": "rds", "scalable_dimension": "rds:cluster:ReadReplicaCount"}
    aws.appautoscaling.Target("t", resource_id="cluster:orders", min_capacity=1, max_capacity=2, **shared)
    aws.appautoscaling.Policy("p", resource_id=resource_id, **shared)


def _scaled(**more):
    group = _group(**more)
    aws.autoscaling.Policy("follow", autoscaling_group_name=group.name)


def _tagged(*, propagate):
    _group(tags=[{"key": "stack", "value": "web", "propagate_at_launch": propagate}])


CASES = {
    "aws-autoscaling-bounds": (
        [(lambda: _group(min_size=4), "must be at most maxSize 3, got 4")],
        [_group, lambda: _group(min_size=3)],
    ),
    "aws-autoscaling-metrics-granularity": (
        [(lambda: _group(enabled_metrics=["GroupMinSize"], metrics_granularity="5Minute"), "got '5Minute'")],
        [lambda: _group(enabled_metrics=["GroupMinSize"], metrics_granularity="1Minute")],
    ),
    "aws-autoscaling-target": (
        [
            (lambda: aws.autoscaling.Policy("p", autoscaling_group_name="nobody"), "got 'nobody'"),
            (lambda: _orphan_scaling("cluster:other"), "no scalable target of this stack has it, got 'cluster:other'"),
        ],
        [
            lambda: aws.autoscaling.Policy("p", autoscaling_group_name=_group().name),
            lambda: (_group(name="web"), aws.autoscaling.Policy("p", autoscaling_group_name="web")),
            lambda: _orphan_scaling("cluster:orders"),
        ],
    ),
    "aws-autoscaling-refresh-rollback": (
        [
            (lambda: _refresh("$Latest"), "cannot roll back to '$Latest'"),
            (lambda: _refresh(None, "resolve:ssm:/aws/service/ami"), "an image that AWS resolves"),
        ],
        [lambda: _refresh(None)],
    ),
    "aws-autoscaling-target-tracking": (
        [
            (lambda: _tracking(cooldown=300), "target tracking ignores it"),
            (lambda: _latency("TargetResponseTime"), "got TargetResponseTime"),
        ],
        [lambda: _tracking(estimated_instance_warmup=60), lambda: _latency("RequestCount")],
    ),
    "aws-autoscaling-schedule-sizes": (
        [(lambda: _schedule(min_size=1), "maxSize, desiredCapacity: must be given, left out they mean 0")],
        [lambda: _schedule(min_size=1, max_size=-1, desired_capacity=-1)],
    ),
    "aws-autoscaling-desired-capacity": (
        [(lambda: _scaled(desired_capacity=2), "every deployment would undo what follow scaled, got 2")],
        [_scaled, lambda: _group(desired_capacity=2)],
    ),
    "aws-autoscaling-refresh-version": (
        [
            (lambda: _refresh("$Latest"), "no refresh ever starts, got '$Latest'"),
            (lambda: _group(launch_template={"id": "lt-1"}, instance_refresh={"strategy": "Rolling"}), "got None"),
        ],
        [lambda: _refresh(None), lambda: _group(launch_template={"id": "lt-1", "version": "$Latest"})],
    ),
    "aws-autoscaling-tags": (
        [(_group, "none is propagated at launch"), (lambda: _tagged(propagate=False), "none is propagated")],
        [lambda: _tagged(propagate=True)],
    ),
}


def test_a_policy_finds_what_breaks_it(broken):
    broken()


def test_a_policy_lets_pass_what_keeps_it(kept):
    kept()
