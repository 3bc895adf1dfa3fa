"""A preview must show all that a deployment makes."""

import pulumi_aws as aws
import pytest

from archkit.recorder import assert_same_structure_in_preview, record


def test_a_resource_made_inside_apply_is_told_with_its_name():
    def program():
        bucket = aws.s3.Bucket("files")
        bucket.arn.apply(lambda _: aws.s3.BucketPolicy("late", bucket="x", policy="{}"))

    with pytest.raises(AssertionError, match="BucketPolicy::late: made in a deployment, missing in its preview"):
        assert_same_structure_in_preview(program)


def test_a_plain_structure_is_the_same_in_both():
    def program():
        bucket = aws.s3.Bucket("files")
        aws.s3.BucketPolicy("policy", bucket=bucket.id, policy=bucket.arn.apply(lambda arn: arn + "/*"))

    assert_same_structure_in_preview(program)


def test_outputs_are_unknown_in_a_preview():
    ran = []

    def program():
        aws.s3.Bucket("files").arn.apply(ran.append)

    record(program, preview=True)
    assert not ran
    record(program)
    assert ran == ["mock://aws:s3/bucket:Bucket/files#arn"]
