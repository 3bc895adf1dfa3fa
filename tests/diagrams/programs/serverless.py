"""A serverless API with a queue: API Gateway, functions, SQS with a dead-letter queue, DynamoDB."""

import json

import pulumi
import pulumi_aws as aws


def _function(name: str, policy: pulumi.Output[str]) -> aws.lambda_.Function:
    role = aws.iam.Role(name, assume_role_policy=json.dumps({"Statement": []}))
    aws.iam.RolePolicy(name, role=role.id, policy=policy)
    logs = aws.cloudwatch.LogGroup(name, retention_in_days=30)
    return aws.lambda_.Function(
        name,
        role=role.arn,
        runtime="python3.13",
        handler="app.handler",
        memory_size=512,
        s3_bucket="releases",
        s3_key=f"{name}.zip",
        logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=logs.name),
    )


def _policy(**statements: pulumi.Output[str]) -> pulumi.Output[str]:
    actions = [action.replace("_", ":", 1) for action in statements]
    return pulumi.Output.all(*statements.values()).apply(
        lambda arns: json.dumps(
            {
                "Statement": [
                    {"Effect": "Allow", "Action": [action], "Resource": arn}
                    for action, arn in zip(actions, arns, strict=True)
                ]
            }
        )
    )


def program() -> None:
    """Orders come in by HTTP, wait in a queue and end in a table."""
    table = aws.dynamodb.Table(
        "orders",
        billing_mode="PAY_PER_REQUEST",
        hash_key="id",
        attributes=[aws.dynamodb.TableAttributeArgs(name="id", type="S")],
    )
    dead = aws.sqs.Queue("orders-dead")
    queue = aws.sqs.Queue(
        "orders",
        visibility_timeout_seconds=60,
        redrive_policy=dead.arn.apply(lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})),
    )
    api_function = _function("api", _policy(sqs_SendMessage=queue.arn, dynamodb_GetItem=table.arn))
    worker = _function("worker", _policy(sqs_ReceiveMessage=queue.arn, dynamodb_PutItem=table.arn))
    aws.lambda_.EventSourceMapping("orders", event_source_arn=queue.arn, function_name=worker.arn, batch_size=10)
    api = aws.apigatewayv2.Api("api", protocol_type="HTTP")
    integration = aws.apigatewayv2.Integration(
        "api",
        api_id=api.id,
        integration_type="AWS_PROXY",
        integration_uri=api_function.invoke_arn,
        payload_format_version="2.0",
    )
    for route in ("GET /orders/{id}", "POST /orders"):
        aws.apigatewayv2.Route(
            route.partition(" ")[0].lower(),
            api_id=api.id,
            route_key=route,
            target=integration.id.apply(lambda id_: f"integrations/{id_}"),
        )
    aws.apigatewayv2.Stage("default", api_id=api.id, name="$default", auto_deploy=True)
    aws.lambda_.Permission(
        "api",
        action="lambda:InvokeFunction",
        function=api_function.name,
        principal="apigateway.amazonaws.com",
        source_arn=api.execution_arn.apply(lambda arn: f"{arn}/*/*"),
    )
    topic = aws.sns.Topic("alarms")
    aws.cloudwatch.MetricAlarm(
        "dead-letters",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        metric_name="ApproximateNumberOfMessagesVisible",
        threshold=0,
        dimensions={"QueueName": dead.name},
        alarm_actions=[topic.arn],
    )
    cleanup = _function("cleanup", _policy(dynamodb_DeleteItem=table.arn))
    nightly = aws.cloudwatch.EventRule("nightly", schedule_expression="cron(0 4 * * ? *)")
    aws.cloudwatch.EventTarget("cleanup", rule=nightly.name, arn=cleanup.arn)
