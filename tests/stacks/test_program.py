"""From a configuration to a program: what is refused, and how it is said."""

from typing import Any

import pulumi
import pytest

from archkit.recorder import record
from components.errors import InvalidArgsError
from stacks import program as module
from stacks.program import program

LOCAL: dict[str, Any] = {"archkit:design": "web", "archkit:target": "local"}
AWS: dict[str, Any] = {
    "archkit:design": "web",
    "archkit:target": "aws",
    "archkit:aws": {"images": {"web": "ghcr.io/team/web:1"}},
}


def problems(config: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(InvalidArgsError) as refused:
        program(config)
    return refused.value.problems


def test_a_stack_that_names_nothing_is_told_how_to_begin() -> None:
    assert problems({}) == (
        "archkit:design: must be one of web, api, got nothing; run `archkit init <design>-<target>`, which writes it",
        "archkit:target: must be one of aws, local, got nothing; run `archkit init <design>-<target>`, which writes it",
    )


def test_all_problems_of_all_parts_are_told_at_once() -> None:
    assert problems(
        {
            "archkit:design": "wbe",
            "archkit:target": "k8s",
            "archkit:profile": "pord",
            "archkit:lcoal": {},
        }
    ) == (
        "archkit:design: must be one of web, api, got 'wbe'; did you mean 'web'?",
        "archkit:target: must be one of aws, local, got 'k8s'; there is no such target",
        "archkit: must be a known key, got 'lcoal'; a misspelt key would be a setting that nobody reads; "
        "did you mean 'local'?",
        "archkit:profile: must be one of dev, prod, got 'pord'; it decides how careful a stack is",
    )


def test_settings_of_the_target_and_of_the_design_are_told_together() -> None:
    assert problems(
        {**LOCAL, "archkit:local": {"port": 0}, "archkit:web": {"service": {"port": 80}}},
    ) == (
        "local/port: must be 1 to 65535, got 0; TCP has no other ports",
        "service/port: must be 1024 to 65535, got 80; lower ports need root, which no replica has",
    )


def test_a_part_that_is_no_object_is_refused() -> None:
    assert problems({**LOCAL, "archkit:local": [8080]}) == (
        "archkit:local: must be an object, got [8080]; its keys are the target's settings",
    )


def test_two_regions_are_one_too_many() -> None:
    assert problems({**AWS, "aws:region": "us-east-1"}) == (
        "aws:region: must be 'eu-central-1' as archkit:aws/region, got 'us-east-1'; "
        "resources would be made in one region and named after another",
    )


def test_a_domain_without_a_zone_is_told_what_a_zone_is() -> None:
    assert problems({**LOCAL, "archkit:web": {"load_balancer": {"domain": {"name": "www.example.org"}}}}) == (
        "archkit:web/load_balancer/domain/zone: must be given, got nothing; the DNS zone that holds it",
    )


def test_a_domain_outside_its_zone_is_refused() -> None:
    domain = {"name": "www.example.com", "zone": "example.org"}

    assert problems({**LOCAL, "archkit:web": {"load_balancer": {"domain": domain}}}) == (
        "domain/name: must be 'example.org' or below it, got 'www.example.com'; "
        "the certificate is validated by a record in that zone",
    )


def test_a_minimum_above_the_maximum_is_refused() -> None:
    capacity = {"minimum": 9, "maximum": 4}

    assert problems({**LOCAL, "archkit:web": {"service": {"capacity": capacity}}}) == (
        "service/capacity/minimum: must be at most the maximum 4, got 9; no number of replicas lies between them",
    )


def test_values_that_pulumi_keeps_as_json_texts_are_read_as_what_they_hold() -> None:
    config = {**LOCAL, "archkit:local": '{"port": 0}'}

    assert problems(config) == ("local/port: must be 1 to 65535, got 0; TCP has no other ports",)


def test_a_part_is_left_out_by_null_from_the_command_line_too() -> None:
    graph = record(program({**LOCAL, "archkit:web": {"cdn": "null"}}), stack="web-local")

    assert "cdn" not in {one.name for one in graph.resources}


def test_a_good_configuration_is_a_program_that_registers_nothing_before_it_runs() -> None:
    graph = record(program(AWS), stack="web-aws")

    assert {one.name for one in graph.resources if one.type.startswith("archkit:aws:")} == {
        "network",
        "image",
        "web",
        "edge",
        "static",
        "cdn",
    }


def test_under_the_engine_a_mistake_is_one_message_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.engine_config, "get_config_env", lambda: {"archkit:design": "web"})
    token = module.engine_config.CONFIG.set({"archkit:target": "moon"})
    try:
        with pytest.raises(pulumi.RunError, match="archkit:target: must be one of aws, local, got 'moon'"):
            module.from_engine()
    finally:
        module.engine_config.CONFIG.reset(token)
