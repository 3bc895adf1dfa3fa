"""Which output feeds which nested value."""

import base64
import gzip
import json

import pulumi
import pulumi_aws as aws
import pytest

from archkit.graph import Reference, assert_feeds, feeds
from archkit.recorder import record


def _load_balancer() -> aws.lb.LoadBalancer:
    return aws.lb.LoadBalancer("front", internal=True)


def _outputs_at(graph, name, path):
    return {(one.output, one.urn.rpartition("::")[2]) for one in graph.named(name).references if one.path == path}


def test_a_nested_list_says_which_output_of_which_resource_stands_in_it():
    def program():
        vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
        aws.ec2.SecurityGroup(
            "group",
            vpc_id=vpc.id,
            ingress=[
                {
                    "from_port": 80,
                    "to_port": 80,
                    "protocol": "tcp",
                    "security_groups": ["sg-1", vpc.default_security_group_id],
                }
            ],
        )

    graph = record(program)
    assert (
        Reference(path="ingress[0].securityGroups[1]", urn=graph.named("main").urn, output="defaultSecurityGroupId")
        in graph.named("group").references
    )
    assert graph.named("group").inputs["vpcId"] == "mock://aws:ec2/vpc:Vpc/main#id"
    assert_feeds(
        graph.named("main"), graph.named("group"), "ingress[0].securityGroups", output="defaultSecurityGroupId"
    )
    with pytest.raises(AssertionError, match="arn of main must reach it"):
        assert_feeds(graph.named("main"), graph.named("group"), "vpcId", output="arn")


def test_a_computed_list_of_objects_can_be_indexed_as_the_provider_fills_it():
    def program():
        database = aws.rds.Cluster("orders", engine="aurora-postgresql", manage_master_user_password=True)
        certificate = aws.acm.Certificate("tls", domain_name="www.example.org", validation_method="DNS")
        validation = certificate.domain_validation_options[0]
        aws.route53.Record(
            "proof",
            zone_id="Z1",
            name=validation.resource_record_name,
            type=validation.resource_record_type,
            records=[validation.resource_record_value],
            ttl=60,
        )
        aws.iam.Policy(
            "read",
            policy=pulumi.Output.json_dumps(
                {"Statement": [{"Resource": [database.master_user_secrets[0].secret_arn]}]},
            ),
        )

    graph = record(program)
    assert _outputs_at(graph, "read", "policy.Statement[0].Resource[0]") == {
        ("masterUserSecrets[0].secretArn", "orders")
    }
    assert _outputs_at(graph, "proof", "name") == {("domainValidationOptions[0].resourceRecordName", "tls")}
    assert _outputs_at(graph, "proof", "records[0]") == {("domainValidationOptions[0].resourceRecordValue", "tls")}


def test_an_output_with_text_around_it_is_still_that_output():
    def program():
        bucket = aws.s3.Bucket("files")
        aws.ssm.Parameter("all", type="String", value=pulumi.Output.concat(bucket.arn, "/*"))
        aws.ssm.Parameter("dotted", type="String", value=pulumi.Output.concat(bucket.bucket, ".example.org"))
        aws.ssm.Parameter("two", type="String", value=pulumi.Output.concat(bucket.arn, ",", bucket.id, "x"))

    graph = record(program)
    assert _outputs_at(graph, "all", "value") == {("arn", "files")}
    assert _outputs_at(graph, "dotted", "value") == {("bucket", "files")}
    assert _outputs_at(graph, "two", "value") == {("arn", "files"), ("id", "files")}


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode(),
        lambda text: f"write_files:\n- content: {base64.b64encode(text.encode()).decode()}\n",
        lambda text: json.dumps({"cloud": base64.b64encode(text.encode()).decode()}),
    ],
    ids=["base64", "compressed", "inside YAML", "inside JSON"],
)
def test_user_data_shows_the_outputs_inside_it(encode):
    def program():
        aws.ec2.LaunchTemplate(
            "template",
            user_data=pulumi.Output.concat("UPSTREAM=", _load_balancer().dns_name, ":80").apply(encode),
        )

    references = record(program).named("template").references
    assert {(one.output, one.path.partition(".")[0]) for one in references} == {("dnsName", "userData")}


def test_a_plain_output_is_found_by_its_value_where_only_one_has_it():
    def program():
        template = aws.ec2.LaunchTemplate("template", name="web-template")
        aws.autoscaling.Group(
            "group", min_size=1, max_size=1, launch_template={"name": template.name, "version": template.latest_version}
        )

    graph = record(program)
    assert _outputs_at(graph, "group", "launchTemplate.name") == {("name", "template")}
    assert feeds(graph.named("template"), graph.named("group"), "launchTemplate"), (
        "the version is a number: tracked too"
    )


def test_two_resources_of_one_type_and_name_below_different_parents_are_told_apart():
    def program():
        for name in ("left", "right"):
            kind = f"test:index:{name.title()}"
            parent = pulumi.ResourceOptions(parent=pulumi.ComponentResource(kind, name))
            bucket = aws.s3.Bucket("files", opts=parent)
            aws.ssm.Parameter(f"{name}-address", type="String", value=bucket.arn, opts=parent)

    graph = record(program)
    for name in ("left", "right"):
        (reference,) = graph.named(f"{name}-address").references
        assert f":{name.title()}$" in reference.urn


def test_names_with_spaces_and_quotes_are_followed_too():
    def program():
        bucket = aws.s3.Bucket('my "files" #1')
        aws.ssm.Parameter("address", type="String", value=pulumi.Output.json_dumps({"to": bucket.arn}))

    (reference,) = record(program).named("address").references
    assert (reference.path, reference.output) == ("value.to", "arn")
