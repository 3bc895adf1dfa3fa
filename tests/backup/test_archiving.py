"""A backup that left the design: which databases go on without archiving, and what is said where one refuses."""

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from archkit.backup import archiving
from archkit.backup.inside import Done
from archkit.errors import UserError

ON = '{"postgresql": {"parameters": {"archive_command": "pgbackrest-push orders %p"}}}'
OFF = '{"postgresql": {"parameters": {"archive_command": "/bin/true"}}}'


@dataclass
class Member:
    """One that answers Patroni's address, or does not."""

    says: str = ON
    patched: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def run(self, *command: str) -> Done:
        if "PATCH" in command:
            self.sent.append(json.loads(command[command.index("--data") + 1]))
            return Done(code=self.patched, out="", err="403 Forbidden")
        return Done(code=0 if self.says else 7, out=self.says, err="")


def service(role: str, component: str, stanza: str = "") -> Any:
    environment = [f"ARCHKIT_BACKUP={json.dumps({'stanza': stanza})}"] if stanza else []
    container = {"Env": environment}
    labels = {"archkit.role": role, "archkit.component": component}
    return SimpleNamespace(attrs={"Spec": {"Labels": labels, "TaskTemplate": {"ContainerSpec": container}}})


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch):
    def make(members: dict[str, list[Member]], *copied: str) -> list[str]:
        services = [service("member", name) for name in members]
        services += [service("repository", "vault", name) for name in copied]
        monkeypatch.setattr(archiving, "client", lambda config: None)
        monkeypatch.setattr(archiving, "services", lambda daemon, stack: services)
        monkeypatch.setattr(archiving, "members", lambda config, stack, database: members[database])
        return archiving.settle({}, "api-local")

    return make


def test_only_a_database_that_nobody_copies_any_more_stops_archiving(stack) -> None:
    left, copied, never, cache = Member(), Member(), Member(says=OFF), Member(says="")

    assert stack({"orders": [left], "users": [copied], "plain": [never], "cache": [cache]}, "users") == ["orders"]
    assert left.sent == [json.loads(OFF)]
    assert [one.sent for one in (copied, never, cache)] == [[], [], []]


def test_any_member_that_answers_is_asked(stack) -> None:
    silent, answers = Member(says=""), Member()

    assert stack({"orders": [silent, answers]}) == ["orders"]
    assert (silent.sent, len(answers.sent)) == ([], 1)


def test_one_that_refuses_is_told(stack) -> None:
    with pytest.raises(UserError) as refused:
        stack({"orders": [Member(patched=22)]})

    (said,) = refused.value.problems
    assert said.startswith(
        "database/orders: archiving must end, since no backup keeps its log any more, got 403 Forbidden"
    )
