"""Secrets of the local target: the same at every run, others for every stack, and never said in a message."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import verification

from archkit.recorder import record
from components.errors import InvalidArgsError
from components.secrets import Authority, Derived, root_problem, scram_verifier, stack_root

ROOT = "r" * 43


def derived(root: str = ROOT, stack: str = "api-local", component: str = "orders") -> Derived:
    return Derived(root=root, stack=stack, component=component)


def test_each_run_makes_the_same() -> None:
    first, second = derived(), derived()

    assert first.password("app") == second.password("app")
    assert Authority(first).pem == Authority(second).pem, "another authority at each run would replace every server"
    assert Authority(first).certificate("member", ["a"]) == Authority(second).certificate("member", ["a"])


@pytest.mark.parametrize(
    "other",
    [derived(root="s" * 43), derived(stack="api-other"), derived(component="users")],
    ids=["root", "stack", "component"],
)
def test_another_root_stack_or_component_has_others(other: Derived) -> None:
    assert other.password("app") != derived().password("app")
    assert Authority(other).pem != Authority(derived()).pem


def test_labels_do_not_run_into_one_another() -> None:
    assert derived(stack="a", component="b-c").material("x", 8) != derived(stack="a-b", component="c").material("x", 8)
    assert derived().password("app") != derived().password("owner")


def test_a_password_stands_in_every_file_as_it_is() -> None:
    password = derived().password("app")

    assert len(password) == 32
    assert set(password) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def verify(authority: str, leaf: str, host: str, at: datetime) -> None:
    """As a server is verified by the rules for the web (RFC 5280, CA/B)."""
    store = verification.Store([x509.load_pem_x509_certificate(authority.encode())])
    verifier = verification.PolicyBuilder().store(store).time(at).build_server_verifier(x509.DNSName(host))
    verifier.verify(x509.load_pem_x509_certificate(leaf.encode()), [])


def test_a_certificate_holds_for_its_names_under_its_own_authority_only() -> None:
    authority = Authority(derived())
    leaf = authority.certificate("member", ["api-local-orders-member-1"])
    now = datetime(2026, 11, 24, tzinfo=UTC)

    verify(authority.pem, leaf, "api-local-orders-member-1", now)
    verify(authority.pem, leaf, "member", now)
    with pytest.raises(verification.VerificationError):
        verify(authority.pem, leaf, "api-local-orders-member-2", now)
    with pytest.raises(verification.VerificationError):
        verify(Authority(derived(component="users")).pem, leaf, "member", now)


def test_the_key_is_the_certificate_s() -> None:
    leaf = Authority(derived()).certificate("member")
    key = serialization.load_pem_private_key(leaf.encode(), password=None)

    assert x509.load_pem_x509_certificate(leaf.encode()).public_key() == key.public_key()


def test_a_verifier_takes_its_password_and_no_other() -> None:
    """By the exchange of RFC 7677, 3: what a server does with a client's proof."""
    verifier = scram_verifier("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
    _, parameters, keys = verifier.split("$")
    iterations, salt = parameters.split(":")
    stored = base64.b64decode(keys.split(":")[0])
    message = (
        b"n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        b"s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    )
    proof = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    signature = hmac.digest(stored, message, "sha256")
    client_key = bytes(one ^ other for one, other in zip(proof, signature, strict=True))

    assert (iterations, salt) == ("4096", "W22ZaJ0SNY7soEsUEjb6gQ==")
    assert hashlib.sha256(client_key).digest() == stored, "the RFC's own example is let in"
    assert scram_verifier("pencils", base64.b64decode(salt)) != verifier


@pytest.mark.parametrize("root", [None, "", "short"])
def test_a_stack_without_a_secret_is_told_how_to_get_one(root: str | None) -> None:
    problem = root_problem(root)

    assert problem is not None
    assert problem.startswith("archkit:secret: must be at least 32 characters")
    assert "archkit init" in problem
    assert not root or root not in problem


def test_a_recording_needs_no_secret_and_shows_none() -> None:
    seen: list[str] = []

    def program() -> None:
        import pulumi  # noqa: PLC0415 - inside the recording

        stack_root().apply(seen.append)
        pulumi.export("root", stack_root())

    graph = record_registering(program)

    assert seen
    assert graph.outputs["root"] == "[secret]"


def record_registering(program):
    from components.network import NetworkArgs  # noqa: PLC0415
    from components.network.local import LocalNetwork  # noqa: PLC0415
    from components.settings import LocalSettings  # noqa: PLC0415

    def both() -> None:
        LocalNetwork("network", NetworkArgs(), settings=LocalSettings())
        program()

    return record(both)


def test_a_guessable_root_is_refused_before_anything_is_made(monkeypatch) -> None:
    import pulumi  # noqa: PLC0415

    monkeypatch.setattr(pulumi.Config, "get", lambda *_: "short")

    with pytest.raises(InvalidArgsError, match="archkit:secret"):
        stack_root()
