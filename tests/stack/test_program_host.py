"""The program in the kit's own process, as the engine finds it."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from archkit.stack import engine_run, operations, program_host
from archkit.stack.progress import Progress

ROOT = Path(__file__).parents[2]


def test_the_program_is_run_here_only_where_it_is_the_projects_own(tmp_path: Path) -> None:
    assert program_host.is_here(ROOT)
    assert not program_host.is_here(tmp_path), "another checkout's program would deploy another design"


def test_the_engine_is_answered_at_the_address_that_it_is_told_and_only_meanwhile() -> None:
    with program_host.serving("local") as (client, kind):
        assert kind == "--exec-kind=auto.inline"
        address = client.removeprefix("--client=")
        with grpc.insecure_channel(address) as channel:
            runtime = language_pb2_grpc.LanguageRuntimeStub(channel)
            assert runtime.About(empty_pb2.Empty(), timeout=10).version
    with grpc.insecure_channel(address) as channel, pytest.raises(grpc.RpcError):
        language_pb2_grpc.LanguageRuntimeStub(channel).About(empty_pb2.Empty(), timeout=1)


def test_what_the_program_has_to_say_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi.automation import _server  # noqa: PLC0415

    def failing(*_: object) -> language_pb2.RunResponse:
        return language_pb2.RunResponse(error="config: ...")

    monkeypatch.setattr(_server.LanguageServer, "Run", failing)
    with (
        program_host.serving("local") as (client, _),
        grpc.insecure_channel(client.removeprefix("--client=")) as channel,
    ):
        answer = language_pb2_grpc.LanguageRuntimeStub(channel).Run(language_pb2.RunRequest(), timeout=10)

    assert (answer.error, answer.bail) == ("", True), "it was logged already"


def test_an_engine_that_is_gone_meanwhile_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from pulumi.automation import _server  # noqa: PLC0415

    def failing(*_: object) -> language_pb2.RunResponse:
        raise grpc.RpcError

    monkeypatch.setattr(_server.LanguageServer, "Run", failing)
    with (
        program_host.serving("local") as (client, _),
        grpc.insecure_channel(client.removeprefix("--client=")) as channel,
    ):
        answer = language_pb2_grpc.LanguageRuntimeStub(channel).Run(language_pb2.RunRequest(), timeout=10)

    assert answer.bail
    assert caplog.messages == [], "a traceback beside the engine's own message"


@pytest.mark.parametrize(("command", "told"), [("up", True), ("preview", True), ("destroy", False)])
def test_only_what_runs_the_program_is_told_where_it_is(
    command: str, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(engine_run, "run", lambda _, arguments, **__: seen.extend(arguments))
    monkeypatch.setattr(operations, "following", lambda *_, **__: nullcontext(Progress("", None)))
    opened: Any = SimpleNamespace(
        project=SimpleNamespace(root=ROOT),
        engine=SimpleNamespace(executable="pulumi"),
        name="web-local",
        target="aws",  # nobody asks a Docker daemon what is there
        environment={},
    )

    operations._run("", opened, [command])

    assert any(one.startswith("--client=127.0.0.1:") for one in seen) is told
