"""What a recording holds, and that one run leaves no trace for the next."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime import config, settings

from archkit.recorder import DuplicateError, UnknownPropertyError, UnknownTokenError, record


class Part(pulumi.ComponentResource):
    def __init__(self, name, opts=None, *, kind="test:index:Part"):
        super().__init__(kind, name, None, opts)
        self.bucket = aws.s3.Bucket(f"{name}-files", opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"links": [{"to": self.bucket.arn, "port": 443}], "capability": "storage"})


class Derived(Part):
    def __init__(self, name):
        super().__init__(name)


def test_a_urn_holds_the_types_of_all_parents():
    def program():
        outer = pulumi.ComponentResource("test:index:Outer", "outer")
        Part("inner", pulumi.ResourceOptions(parent=outer))

    graph = record(program, project="shop", stack="prod")
    urn = "urn:pulumi:prod::shop::test:index:Outer$test:index:Part$aws:s3/bucket:Bucket::inner-files"
    bucket = graph.named("inner-files")
    assert bucket.urn == urn
    assert graph.at(bucket.parent).name == "inner"
    assert graph.named("outer").parent == "", "the stack itself is no resource of the design"


def test_a_component_shows_what_it_registered():
    graph = record(lambda: Part("store"))
    outputs = graph.named("store").outputs
    assert outputs["capability"] == "storage"
    assert outputs["links"] == [{"to": "mock://aws:s3/bucket:Bucket/store-files#arn", "port": 443}]


def test_exports_are_recorded():
    graph = record(lambda: pulumi.export("arn", Part("store").bucket.arn))
    assert graph.outputs == {"arn": "mock://aws:s3/bucket:Bucket/store-files#arn"}


def test_options_are_recorded():
    def program():
        provider = aws.Provider("us", region="us-east-1")
        part = Part("base")
        aws.s3.Bucket(
            "all",
            opts=pulumi.ResourceOptions(
                protect=True,
                ignore_changes=["tags"],
                depends_on=[part],
                provider=provider,
                aliases=[pulumi.Alias(name="old"), "urn:pulumi:a::b::c::d"],
                delete_before_replace=False,
                retain_on_delete=True,
                custom_timeouts=pulumi.CustomTimeouts(create="20m"),
                replace_on_changes=["bucket"],
                version="7.0.0",
                import_="files-1",
            ),
        )

    graph = record(program)
    assert graph.named("all").options == {
        "protect": True,
        "ignoreChanges": ["tags"],
        # Pulumi sends a component's children in its place.
        "dependsOn": [graph.named("base-files").urn],
        "provider": graph.named("us").urn,
        "aliases": [{"name": "old"}, "urn:pulumi:a::b::c::d"],
        "deleteBeforeReplace": False,
        "retainOnDelete": True,
        "customTimeouts": {"create": "20m"},
        "replaceOnChanges": ["bucket"],
        "version": "7.0.0",
        "import": "files-1",
    }
    assert graph.named("base-files").options == {}, "what the SDK adds of its own accord is no choice of the design"


def test_positions_are_lines_of_the_design_and_no_part_of_the_hash():
    def first():
        aws.s3.Bucket("files")

    def second():
        aws.s3.Bucket("files")

    root = Path(__file__).parent
    one, two = record(first, root=root), record(second, root=root)
    at = one.positions[one.named("files").urn]
    assert at.file == "test_record.py"
    assert at.line == first.__code__.co_firstlineno + 1
    assert one.hash == two.hash
    assert one.to_json() != two.to_json()


def test_a_derived_component_is_where_it_was_used_not_where_it_calls_its_base():
    def program():
        Derived("store")

    graph = record(program, root=Path(__file__).parent)
    assert graph.place(graph.named("store").urn) == f"test_record.py:{program.__code__.co_firstlineno + 1}"


def test_a_recording_names_no_path_of_this_machine():
    root = Path(__file__).parent

    def program():
        source = pulumi.FileAsset(str(root / "site" / "index.html"))
        aws.s3.BucketObjectv2("page", bucket="files", source=source)
        aws.ssm.Parameter("path", type="String", insecure_value=f"{root}/site")

    text = record(program, root=root).to_json()
    assert str(root) not in text
    assert "./site/index.html" in text


def test_two_resources_of_one_urn_are_refused_with_both_places():
    def program():
        aws.s3.Bucket("files")
        aws.s3.Bucket("files")

    with pytest.raises(DuplicateError, match=r"files: registered twice, at .*test_record.py:\d+ and .*test_record.py:"):
        record(program)


def test_a_type_that_no_package_has_is_refused_until_its_outputs_are_described():
    def program():
        made = pulumi.CustomResource("acme:index:Thing", "thing", {"size": 3, "address": None})
        pulumi.export("address", made.__dict__["address"])

    with pytest.raises(UnknownTokenError, match="acme:index:Thing 'thing': no loaded package has this resource type"):
        record(program)
    graph = record(program, resources={"acme:index:Thing": lambda inputs: {"address": f"size-{inputs['size']}"}})
    assert graph.outputs == {"address": "size-3"}


def test_a_misspelt_key_inside_a_nested_value_is_refused_with_the_nearest_one():
    def program():
        aws.ec2.SecurityGroup("group", ingress=[{"from_prot": 80, "to_port": 80, "protocol": "tcp"}])

    with pytest.raises(UnknownPropertyError, match=r"'group': ingress\[0\]\.from_prot: no such property; .*'fromPort'"):
        record(program)


def test_what_a_program_raises_comes_out_as_itself():
    class OwnError(Exception):
        pass

    def program():
        aws.s3.Bucket("files")
        raise OwnError("my own")

    with pytest.raises(OwnError, match="my own"):
        record(program)
    with pytest.raises(ZeroDivisionError):
        record(lambda: aws.s3.Bucket("files").arn.apply(lambda _: 1 / 0))


def test_one_run_leaves_nothing_for_the_next_nor_for_other_tests():
    def leaky():
        pulumi.export("leak", 1)
        pulumi.runtime.register_stack_transformation(
            lambda args: pulumi.ResourceTransformationResult({**args.props, "bucket": "leak"}, args.opts)
        )
        pulumi.runtime.set_config("archkit:leak", "1")
        aws.s3.Bucket("files", bucket="leak")

    async def from_a_running_loop():
        return record(clean)

    def clean():
        assert pulumi.Config().get("leak") is None
        aws.s3.Bucket("files", bucket="kept")

    def runtime():
        return settings.get_root_resource(), settings.get_project(), dict(config.CONFIG.get())

    before = runtime()
    first = record(clean)
    record(leaky)
    second = record(clean)
    assert first == second == asyncio.run(from_a_running_loop())
    assert second.outputs == {}
    assert second.named("files").inputs["bucket"] == "kept"
    assert runtime() == before


def test_configuration_defaults_come_from_the_project_file(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nconfig:\n"
        "  size: {type: string, default: small}\n  zones: {type: integer, default: 3}\n"
        "  plain: as-is\n  aws:region: {value: us-west-2}\n"
    )

    def program():
        config = pulumi.Config()
        pulumi.export("read", [config.require("size"), config.require_int("zones"), config.require("plain")])
        pulumi.export("zones", aws.get_availability_zones().names)

    graph = record(program, project="shop", root=tmp_path)
    assert graph.outputs["read"] == ["small", 3, "as-is"]
    assert graph.outputs["zones"] == ["us-west-2a", "us-west-2b", "us-west-2c"]
    assert record(program, project="shop", root=tmp_path, config={"size": "large"}).outputs["read"][0] == "large"


def test_the_same_program_gives_the_same_bytes_whatever_the_hash_seed():
    script = (
        "import pulumi, pulumi_aws as aws\n"
        "from archkit.recorder import record\n"
        "def program():\n"
        "    vpc = aws.ec2.Vpc('main', cidr_block='10.0.0.0/16', tags={'b': '1', 'a': '2'})\n"
        "    groups = [aws.ec2.SecurityGroup(f'g{i}', vpc_id=vpc.id) for i in range(8)]\n"
        "    aws.lb.LoadBalancer('lb', security_groups=[g.id for g in groups],\n"
        "        opts=pulumi.ResourceOptions(depends_on=groups))\n"
        "import sys; sys.stdout.write(record(program).to_json())\n"
    )

    def run(seed):
        return subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout

    assert run("1") == run("2") == run("31337")
