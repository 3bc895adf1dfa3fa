"""What the engine says when it fails becomes one message that helps."""

import pytest

from archkit.stack.failures import explain, rolled_back
from archkit.stack.progress import Progress

SERVICE = "urn:pulumi:web-local::archkit::archkit:local:Service$docker:index/service:Service::web-service"


def progress(*messages: tuple[str, str]) -> Progress:
    made = Progress("deploying web-local", None)
    made.messages = list(messages)
    return made


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "error: the stack is currently locked by 1 lock(s). Either wait for the other process",
            "stack: 'web-local' is locked by another run; wait for it, or, where that run is dead, "
            "`pulumi cancel --stack web-local`",
        ),
        (
            "error: getting secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE",
            "passphrase: must be the one that 'web-local' was made with, got another; its secrets cannot be read",
        ),
        (
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
            "docker: the daemon must answer, got no answer; run `archkit doctor --fix`",
        ),
        (
            "Error response from daemon: This node is not a swarm manager. Use docker swarm init",
            "docker: this node must be a swarm manager; run `archkit doctor --fix`",
        ),
        (
            "error: could not load plugin for aws provider: no resource plugin 'pulumi-resource-aws' found",
            "engine: the provider's plugin could not be loaded; it is downloaded from Pulumi's own servers, which this "
            "machine must reach: `pulumi plugin install resource aws`",
        ),
    ],
)
def test_a_known_failure_gets_its_remedy(said: str, told: str) -> None:
    assert explain("web-local", said, progress()).problems == (told,)


def test_another_failure_is_told_in_the_engines_words_once_each_without_its_noise() -> None:
    run = progress(
        (SERVICE, "error: image is \x1b[31mbroken\x1b[0m"),
        (SERVICE, "error: image is \x1b[31mbroken\x1b[0m"),
        ("urn:pulumi:web-local::archkit::pulumi:pulumi:Stack::archkit-web-local", "update failed"),
    )
    assert explain("web-local", "", run).problems == ("web-service: image is broken",)


def test_without_any_event_the_engines_own_output_is_shown() -> None:
    assert "something new" in explain("web-local", "error: something new", progress()).problems[0]


def test_only_a_service_that_did_not_converge_is_asked_for_its_log() -> None:
    run = progress(
        (SERVICE, "service rollback completed"), (SERVICE.replace("web-service", "edge-service"), "no such image")
    )
    assert rolled_back(run) == ["web-service"]
