"""Policies of Amazon EC2, load balancers and names: programs that break and that keep each."""

import pulumi
import pulumi_aws as aws
import pulumi_docker as docker

ALB_ZONES = ["subnet-a", "subnet-b"]


def _bucket(*, algorithm="AES256", block=True, **more):
    bucket = aws.s3.Bucket("files", **more)
    if algorithm:
        default = {"apply_server_side_encryption_by_default": {"sse_algorithm": algorithm}}
        aws.s3.BucketServerSideEncryptionConfiguration("encryption", bucket=bucket.id, rules=[default])
    settings = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    aws.s3.BucketPublicAccessBlock("block", bucket=bucket.id, **dict.fromkeys(settings, block))
    return bucket


def _balancer(**more):
    return aws.lb.LoadBalancer("front", **{"subnets": ALB_ZONES, **more})


def _listener(**more):
    aws.lb.Listener("secure", load_balancer_arn="arn", port=443, default_actions=[{"type": "forward"}], **more)


def _logging_to(algorithm):
    _balancer(access_logs={"bucket": _bucket(algorithm=algorithm).bucket, "enabled": True})


def _template(**more):
    given = {"metadata_options": {"http_tokens": "required"}, **more}
    return aws.ec2.LaunchTemplate("template", **given)


def _ingress(**rule):
    given = {"from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"], **rule}
    aws.ec2.SecurityGroup("public", ingress=[given])


def _instance(**more):
    given = {"metadata_options": {"http_tokens": "required"}, "root_block_device": {"encrypted": True}, **more}
    aws.ec2.Instance("one", ami="ami-1", instance_type="t4g.small", **given)


def _ingress_rule(**more):
    aws.vpc.SecurityGroupIngressRule("rule", security_group_id="sg-1", ip_protocol="tcp", **more)


class _Part(pulumi.ComponentResource):
    def __init__(self, **options):
        super().__init__("test:index:Part", "part", None, pulumi.ResourceOptions(**options))


CASES = {
    "aws-alb-subnets": (
        [(lambda: _balancer(subnets=["subnet-a"]), "at least 2, in different zones, got 1")],
        [_balancer, lambda: _balancer(subnets=["subnet-a"], load_balancer_type="network")],
    ),
    "aws-alb-certificate": (
        [(lambda: _listener(protocol="HTTPS"), "must be given on a listener of protocol HTTPS")],
        [lambda: _listener(protocol="HTTPS", certificate_arn="arn"), lambda: _listener(protocol="HTTP")],
    ),
    "aws-alb-log-bucket-encryption": (
        [(lambda: _logging_to("aws:kms"), "front can write its logs only with AES256, got aws:kms")],
        [lambda: _logging_to("AES256"), lambda: _bucket(algorithm="aws:kms")],
    ),
    "aws-ec2-world-open": (
        [
            (lambda: _ingress(from_port=22, to_port=22), "ports 22-22 are open to 0.0.0.0/0"),
            (lambda: _ingress(protocol="-1"), "all ports are open"),
            (lambda: _ingress(from_port=80, to_port=443), "ports 80-443 are open"),
            (lambda: _ingress_rule(cidr_ipv6="::/0", from_port=5432, to_port=5432), "open to ::/0"),
        ],
        [
            _ingress,
            lambda: _ingress(from_port=22, to_port=22, cidr_blocks=["10.0.0.0/8"]),
            lambda: _ingress_rule(cidr_ipv4="0.0.0.0/0", from_port=80, to_port=80),
        ],
    ),
    "aws-ec2-imds": (
        [
            (lambda: aws.ec2.LaunchTemplate("t"), "must be required, got nothing"),
            (lambda: _instance(metadata_options={"http_tokens": "optional"}), "got optional"),
        ],
        [_template, _instance],
    ),
    "aws-ec2-volume-encryption": (
        [
            (lambda: aws.ebs.Volume("v", availability_zone="eu-central-1a", size=1), "encrypted: is off"),
            (lambda: _template(block_device_mappings=[{"ebs": {"volume_size": 8}}]), "blockDeviceMappings[0].ebs."),
            (lambda: _instance(root_block_device={"volume_size": 8}), "rootBlockDevice.encrypted"),
        ],
        [
            lambda: aws.ebs.Volume("v", availability_zone="eu-central-1a", size=1, encrypted=True),
            lambda: _template(block_device_mappings=[{"ebs": {"encrypted": "true"}}]),
            _instance,
        ],
    ),
    "name-length": (
        [
            (lambda: aws.lb.TargetGroup("t", name="a" * 33), "at most 32 characters, got 33"),
            (lambda: aws.lb.TargetGroup("a" * 25), "got 25 and 8 that Pulumi adds"),
            (lambda: docker.ServiceConfig("c", name="a" * 65, data=""), "at most 64 characters, got 65"),
        ],
        [
            lambda: aws.lb.TargetGroup("t", name="a" * 32),
            lambda: aws.lb.TargetGroup("a" * 24),
            lambda: aws.lb.TargetGroup("a" * 60, name_prefix="web-"),
        ],
    ),
    "aws-ec2-template-text": (
        [
            (lambda: _template(ebs_optimized=True), "ebsOptimized: must be text, got True"),
            (
                lambda: _template(block_device_mappings=[{"ebs": {"encrypted": True}}]),
                "blockDeviceMappings[0].ebs.encrypted: must be text, got True",
            ),
            (
                lambda: _template(network_interfaces=[{"associate_public_ip_address": False}]),
                "networkInterfaces[0].associatePublicIpAddress: must be text, got False",
            ),
        ],
        [
            _template,
            lambda: _template(ebs_optimized="true", network_interfaces=[{"associate_public_ip_address": "false"}]),
        ],
    ),
    "component-options": (
        [
            (lambda: _Part(ignore_changes=["tags"]), "ignoreChanges: has no effect on a component"),
            (lambda: _Part(custom_timeouts=pulumi.CustomTimeouts(create="5m")), "customTimeouts: has no effect"),
        ],
        [lambda: _Part(protect=True), lambda: _template(opts=pulumi.ResourceOptions(ignore_changes=["tags"]))],
    ),
}


def test_a_policy_finds_what_breaks_it(broken):
    broken()


def test_a_policy_lets_pass_what_keeps_it(kept):
    kept()
