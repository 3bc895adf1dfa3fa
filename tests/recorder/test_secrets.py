"""No secret gets into a graph, wherever it is used."""

import base64
import json

import pulumi
import pulumi_aws as aws
import pytest

from archkit.graph import SECRET
from archkit.recorder import record

PASSWORD = 'hunter-2 "quoted"/€'


def _parameter(name, value):
    aws.ssm.Parameter(name, type="String", insecure_value=value)


@pytest.mark.parametrize(
    "spread",
    [
        lambda secret: secret,
        lambda secret: pulumi.Output.concat("postgres://user:", secret, "@host"),
        lambda secret: pulumi.Output.json_dumps({"deep": [{"password": secret}]}),
        lambda secret: secret.apply(lambda text: base64.b64encode(f"PASSWORD={text}".encode()).decode()),
    ],
    ids=["itself", "in a text", "in JSON", "in base64"],
)
def test_a_secret_and_all_that_is_made_of_it_is_hidden(spread):
    def program():
        value = spread(pulumi.Output.secret(PASSWORD))
        _parameter("it", value)
        pulumi.export("it", {"nested": [value]})

    graph = record(program)
    assert graph.named("it").inputs["insecureValue"] == SECRET
    assert graph.outputs == {"it": {"nested": [SECRET]}}
    assert "hunter" not in graph.to_json()


@pytest.mark.parametrize(
    "spread",
    [
        lambda text: f"--password={text} --verbose",
        lambda text: json.dumps({"password": text}),
        lambda text: base64.b64encode(f"#!/bin/sh\nlogin {text}\n".encode()).decode(),
        lambda text: f"write_files:\n- content: {base64.b64encode(f'a {text}'.encode()).decode()}\n",
    ],
    ids=["in a text", "in JSON", "in base64", "in base64 inside YAML"],
)
def test_a_copy_that_lost_its_mark_is_found_and_hidden(spread):
    def program():
        _parameter("marked", pulumi.Output.secret(PASSWORD))
        _parameter("copy", spread(PASSWORD))
        pulumi.ComponentResource("test:index:Part", "part").register_outputs({"dsn": spread(PASSWORD)})

    graph = record(program)
    text = graph.to_json()
    assert "hunter" not in text
    assert base64.b64encode(b"hunter"[:3]).decode() not in text
    assert SECRET in graph.named("copy").inputs["insecureValue"]


def test_what_the_provider_treats_as_secret_is_hidden_with_its_use_still_known():
    def program():
        key = aws.iam.AccessKey("key", user="robot")
        aws.ssm.Parameter("it", type="String", insecure_value=pulumi.Output.concat("key=", key.secret))
        aws.ssm.Parameter(
            "lost", type="String", insecure_value=pulumi.Output.unsecret(pulumi.Output.concat("k=", key.secret))
        )

    graph = record(program)
    assert graph.named("it").inputs["insecureValue"] == SECRET
    assert graph.named("lost").inputs["insecureValue"] == f"k={SECRET}"
    assert [(one.path, one.output) for one in graph.named("it").references] == [("insecureValue", "secret")]


def test_the_value_of_a_parameter_is_secret_and_the_insecure_one_is_not():
    def program():
        image = aws.ssm.get_parameter(name="/aws/service/ami")
        _parameter("secret", f"x={image.value}")
        _parameter("public", image.insecure_value)

    graph = record(program)
    assert graph.named("secret").inputs["insecureValue"] == f"x={SECRET}"
    assert graph.named("public").inputs["insecureValue"].endswith("#insecureValue")


def test_secret_configuration_is_hidden_even_when_read_as_if_it_were_none():
    graph = record(
        lambda: _parameter("it", "token " + pulumi.Config().require("token")), secret_config={"token": "abcd-1234"}
    )
    assert graph.named("it").inputs["insecureValue"] == f"token {SECRET}"


def test_short_or_common_parts_of_a_secret_object_do_not_hide_half_of_the_graph():
    def program():
        aws.ssm.Parameter("it", type="String", insecure_value=pulumi.Output.secret("5432"))
        pulumi.ComponentResource("t:i:P", "p").register_outputs(
            {"secret": pulumi.Output.secret({"engine": "postgres", "password": "tr0ub4dor"}), "word": "15432 postgres"}
        )
        _parameter("other", "port 5432, postgres, tr0ub4dor")

    graph = record(program)
    assert graph.named("other").inputs["insecureValue"] == f"port {SECRET}, postgres, {SECRET}"
    assert graph.named("p").outputs == {"secret": SECRET, "word": "15432 postgres"}
