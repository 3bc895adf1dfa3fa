"""What provider functions answer."""

import json

import pulumi
import pulumi_aws as aws
import pytest

from archkit.recorder import UnknownTokenError, record


def _exported(program, **arguments):
    return record(program, **arguments).outputs["it"]


def test_zones_region_account_and_partition_have_their_real_form():
    def program():
        pulumi.export(
            "it",
            [
                aws.get_availability_zones().names,
                aws.get_region().region,
                aws.get_caller_identity().account_id,
                aws.get_partition().dns_suffix,
            ],
        )

    zones, region, account, suffix = _exported(program, config={"aws:region": "eu-west-1"})
    assert zones == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    assert region == "eu-west-1"
    assert len(account) == 12
    assert account.isdigit()
    assert suffix == "amazonaws.com"


def test_a_policy_document_is_the_one_that_the_provider_would_write():
    def program():
        document = aws.iam.get_policy_document(
            statements=[
                {
                    "sid": "Write",
                    "actions": ["s3:PutObject"],
                    "resources": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"],
                    "principals": [{"type": "Service", "identifiers": ["logs.amazonaws.com"]}],
                    "conditions": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1"]}],
                }
            ]
        )
        pulumi.export("it", document.json)

    assert json.loads(_exported(program)) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Sid": "Write",
                "Action": "s3:PutObject",
                "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"],
                "Principal": {"Service": "logs.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": ["1"]}},
            }
        ],
    }


def test_outputs_that_an_answer_leaves_out_are_made_up():
    def program():
        image = aws.ec2.get_ami(most_recent=True, owners=["amazon"], name_regex="al2023.*")
        pulumi.export("it", image.id)

    assert _exported(program).startswith("mock://aws:ec2/getAmi:getAmi/")


def test_an_unknown_function_is_refused_and_can_be_answered():
    def program():
        pulumi.export("it", aws.ec2.get_eips().public_ips)

    with pytest.raises(UnknownTokenError, match="aws:ec2/getEips:getEips: no answer is known"):
        record(program)
    answer = {"aws:ec2/getEips:getEips": {"publicIps": ["192.0.2.1"]}}
    assert _exported(program, functions=answer) == ["192.0.2.1"]


def test_an_answer_in_snake_case_is_refused_instead_of_read_as_nothing():
    def program():
        aws.ec2.get_eips()

    with pytest.raises(UnknownTokenError, match=r"'public_ips', which is no output of the function; .*'publicIps'"):
        record(program, functions={"aws:ec2/getEips:getEips": {"public_ips": []}})
