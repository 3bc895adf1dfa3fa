"""The pytest plugin, in a project of its own: it must notice every pitfall of Pulumi's mocks."""

import re
from pathlib import Path

import pulumi_aws as aws
import pytest

# pytester forgets what was imported during its run: a provider's modules must be there before, or they are made twice.
LOADED = (aws.ec2.Vpc, aws.iam.Role, aws.lb.LoadBalancer, aws.s3.Bucket, aws.sqs.Queue)
DOCUMENT = Path(__file__).parents[2] / "docs" / "testing.md"
HEAD = "import pulumi\nimport pulumi_aws as aws\n"


def _run(pytester, test, **files):
    pytester.makepyfile(test_it=HEAD + test, **files)
    return pytester.runpytest("-p", "no:cacheprovider", "-W", "ignore")


def test_the_example_of_the_documentation_runs(pytester):
    program, tests = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    pytester.makepyfile(storage=program, test_storage=tests)
    pytester.syspathinsert()
    pytester.runpytest("-W", "ignore").assert_outcomes(passed=2)


# Each pitfall of Pulumi's own mocks, as a test that passes or would pass there; with what the plugin says instead.
PITFALLS = {
    "nothing is registered": (
        "def test_it(record):\n    record(lambda: None)\n",
        "*the program registered no resource*",
    ),
    "the recording is never made": (
        "def test_it(record):\n    aws\n",
        "*asked for a recording and never made one*",
    ),
    "an unknown type": (
        "def test_it(record):\n    record(lambda: pulumi.CustomResource('acme:index:Thing', 'thing', {}))\n",
        "*no loaded package has this resource type*",
    ),
    "an unknown function": (
        "def test_it(record):\n    record(lambda: aws.ec2.get_eips())\n",
        "*getEips: no answer is known*",
    ),
    "an answer in snake case": (
        "import pytest\n"
        "@pytest.fixture\n"
        "def provider_functions():\n    return {'aws:ec2/getEips:getEips': {'public_ips': []}}\n"
        "def test_it(record):\n    record(lambda: aws.ec2.get_eips())\n",
        "*did you mean 'publicIps'*",
    ),
    "a duplicate name": (
        "def program():\n    aws.s3.Bucket('a')\n    aws.s3.Bucket('a')\ndef test_it(record):\n    record(program)\n",
        "*registered twice*",
    ),
    "a misspelt nested key": (
        "def program():\n    aws.ec2.SecurityGroup('g', ingress=[{'from_prot': 1, 'to_port': 1, 'protocol': 'tcp'}])\n"
        "def test_it(record):\n    record(program)\n",
        "*from_prot: no such property*",
    ),
    "a failing assertion inside apply": (
        "def program():\n    aws.s3.Bucket('a').arn.apply(lambda arn: 1 / 0)\n"
        "def test_it(record):\n    record(program)\n",
        "*ZeroDivisionError*",
    ),
    "a transform of one resource": (
        "def change(args):\n"
        "    return pulumi.ResourceTransformResult({**args.props, 'bucket': 'changed'}, args.opts)\n"
        "def test_it(record):\n"
        "    record(lambda: aws.s3.Bucket('a', opts=pulumi.ResourceOptions(transforms=[change])))\n",
        "*'a': transforms: must not be used, got 1; no engine runs here*use `transformations`*",
    ),
    "a transform of the stack": (
        "def change(args):\n"
        "    return pulumi.ResourceTransformResult({**args.props, 'bucket': 'changed'}, args.opts)\n"
        "def program():\n    pulumi.runtime.register_stack_transform(change)\n    aws.s3.Bucket('a')\n"
        "def test_it(record):\n    record(program)\n",
        "*stack: transforms: must not be registered, got one; no engine runs here*",
    ),
    "the newest image of anybody": (
        "def test_it(record):\n    record(lambda: aws.ec2.get_ami(most_recent=True))\n",
        "*getAmi: owners: must be given with most_recent, got none*",
    ),
    "a resource inside apply": (
        "from archkit.recorder import assert_same_structure_in_preview\n"
        "def program():\n    aws.s3.Bucket('a').arn.apply(lambda arn: aws.sqs.Queue('late'))\n"
        "def test_it():\n    assert_same_structure_in_preview(program)\n",
        "*late: made in a deployment, missing in its preview*",
    ),
}


@pytest.mark.parametrize("pitfall", PITFALLS)
def test_a_test_that_proves_nothing_does_not_pass(pytester, pitfall):
    source, message = PITFALLS[pitfall]
    result = _run(pytester, source)
    outcomes = result.parseoutcomes()
    assert outcomes.get("failed", 0) + outcomes.get("errors", 0) == 1, outcomes
    result.stdout.fnmatch_lines([message])


# What the stock mocks lose; each test would fail under them.
KEPT = {
    "all is registered when the recording returns": (
        "def test_it(record):\n"
        "    graph = record(lambda: [aws.s3.Bucket(f'b{i}') for i in range(20)])\n"
        "    assert len(graph.resources) == 20\n"
    ),
    "computed outputs are no None": (
        "def program():\n"
        "    lb = aws.lb.LoadBalancer('lb')\n"
        "    pulumi.export('url', pulumi.Output.concat('http://', lb.dns_name))\n"
        "def test_it(record):\n"
        "    assert record(program).outputs == {'url': 'http://mock://aws:lb/loadBalancer:LoadBalancer/lb#dnsName'}\n"
    ),
    "a policy given as an object comes back as JSON": (
        "def program():\n"
        "    pulumi.export('it', aws.iam.Role('r', assume_role_policy={'Statement': []}).assume_role_policy)\n"
        "def test_it(record):\n"
        "    assert record(program).outputs['it'] == '{\"Statement\": []}'\n"
    ),
    "transformations run": (
        "def change(args):\n"
        "    return pulumi.ResourceTransformationResult({**args.props, 'bucket': 'changed'}, args.opts)\n"
        "def program():\n"
        "    pulumi.runtime.register_stack_transformation(change)\n"
        "    aws.s3.Bucket('a')\n"
        "def test_it(record):\n"
        "    assert record(program).named('a').inputs['bucket'] == 'changed'\n"
    ),
    "hooks are seen although nothing runs them": (
        "def told(args):\n    raise AssertionError('only the engine runs it')\n"
        "def program():\n"
        "    hook = pulumi.ResourceHook('warn', told)\n"
        "    binding = pulumi.ResourceHookBinding(before_delete=[hook])\n"
        "    aws.s3.Bucket('a', opts=pulumi.ResourceOptions(hooks=binding))\n"
        "def test_it(record):\n"
        "    assert record(program).named('a').options['hooks'] == {'beforeDelete': ['warn']}\n"
    ),
    "an image with its owner is answered": (
        "def test_it(record):\n"
        "    def program():\n"
        "        aws.ec2.get_ami(most_recent=True, owners=['amazon'])\n"
        "        aws.ec2.get_ami(most_recent=True, filters=[{'name': 'image-id', 'values': ['ami-1']}])\n"
        "        aws.s3.Bucket('a')\n"
        "    record(program)\n"
    ),
    "children of a component are told by properties": (
        "def program():\n"
        "    part = pulumi.ComponentResource('t:i:Part', 'part')\n"
        "    aws.s3.Bucket('child', opts=pulumi.ResourceOptions(parent=part))\n"
        "    aws.sqs.Queue('q', opts=pulumi.ResourceOptions(depends_on=[part]))\n"
        "def test_it(record):\n"
        "    queue = record(program).named('q')\n"
        "    assert queue.options['dependsOn'] and not queue.reads\n"
    ),
}


@pytest.mark.parametrize("kept", KEPT)
def test_what_stock_mocks_lose_is_kept(pytester, kept):
    _run(pytester, KEPT[kept]).assert_outcomes(passed=1)


def test_a_test_that_fails_or_is_skipped_is_not_blamed_twice(pytester):
    result = _run(
        pytester,
        "import pytest\ndef test_a(record):\n    assert False\ndef test_b(record):\n    pytest.skip('later')\n",
    )
    result.assert_outcomes(failed=1, skipped=1)


def test_answers_of_a_project_are_given_once_in_its_conftest(pytester):
    pytester.makeconftest(
        "import pytest\n"
        "@pytest.fixture\n"
        "def provider_functions():\n    return {'aws:ec2/getEips:getEips': {'publicIps': ['192.0.2.1']}}\n"
        "@pytest.fixture\n"
        "def provider_outputs():\n    return {'aws:s3/bucket:Bucket': {'arn': 'arn:aws:s3:::real'}}\n"
    )
    _run(
        pytester,
        "def program():\n"
        "    pulumi.export('it', [aws.ec2.get_eips().public_ips[0], aws.s3.Bucket('b').arn])\n"
        "def test_it(record):\n"
        "    assert record(program).outputs == {'it': ['192.0.2.1', 'arn:aws:s3:::real']}\n",
    ).assert_outcomes(passed=1)
