"""What the failover's controller asks of etcd, and in which order."""

import base64
import ssl

import pytest

from components.controller.agent.failover.etcd import Etcd, EtcdError, Leader

DEAD = Leader(name="member-1", lease="71")
MEMBER = base64.b64encode(b"/archkit/orders/members/member-1").decode()


class Asked(Etcd):
    """Answers with what it is given, by path; an EtcdError is raised."""

    def __init__(self, **answers: object) -> None:
        super().__init__(["etcd-1"], "orders", ssl.create_default_context())
        self.answers = answers
        self.asked: list[tuple[str, dict[str, str]]] = []

    def _ask_one(self, host, path, question):
        self.asked.append((path, question))
        answer = self.answers.get(path.rpartition("/")[2], {})
        if isinstance(answer, EtcdError):
            raise answer
        return answer


def test_a_dead_leader_is_no_member_any_more_before_replicas_learn_that_nobody_leads() -> None:
    etcd = Asked()
    etcd.revoke(DEAD)

    assert etcd.asked == [("/v3/kv/deleterange", {"key": MEMBER}), ("/v3/lease/revoke", {"ID": "71"})]


def test_its_lease_ends_also_where_its_entry_cannot_be_removed() -> None:
    etcd = Asked(deleterange=EtcdError("403 permission denied"))
    etcd.revoke(DEAD)

    assert etcd.asked[-1] == ("/v3/lease/revoke", {"ID": "71"})


def test_a_lease_that_is_gone_is_fine_and_any_other_refusal_is_told() -> None:
    Asked(revoke=EtcdError("404 etcdserver: requested lease not found")).revoke(DEAD)
    with pytest.raises(EtcdError, match="no leader"):
        Asked(revoke=EtcdError("503 etcdserver: no leader")).revoke(DEAD)


def test_the_leader_and_its_lease_are_read_from_one_key() -> None:
    kvs = [{"value": base64.b64encode(b"member-2").decode(), "lease": "72"}]

    assert Asked(range={"kvs": kvs}).leader() == Leader(name="member-2", lease="72")
    assert Asked(range={}).leader() is None
