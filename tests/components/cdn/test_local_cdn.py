"""The CDN on a swarm: as Docker is told, and the configurations of its servers."""

import os
import re
from pathlib import Path

import pytest
from cryptography import x509

from archkit.bench.edge_stack import ARGS, declare
from archkit.graph import Graph
from archkit.recorder import record
from components.cdn import Behaviour, CdnArgs, Domain, SigningKey
from components.cdn.local.authority import keys_in
from components.errors import InvalidArgsError
from components.settings import LocalSettings

GOLDEN = Path(__file__).parent / "golden"
SETTINGS = LocalSettings(images={"origin": "archkit/origin:1"})
PUBLIC = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"


def deployed(args: CdnArgs = ARGS, settings: LocalSettings = SETTINGS) -> Graph:
    return record(lambda: declare(settings, args), stack="web-local")


@pytest.mark.parametrize("name", ["a-vcl", "a-proxy", "shield-vcl", "shield-proxy"])
def test_the_configurations_are_as_reviewed(name: str) -> None:
    """To accept a change: `ARCHKIT_GOLDEN=write`, then read the difference."""
    text = deployed().named(f"cdn-{name}").inputs["dataRaw"]
    golden = GOLDEN / f"{name}.{'vcl' if name.endswith('vcl') else 'cfg'}"
    if os.environ.get("ARCHKIT_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text)

    assert text == golden.read_text()


def test_nobody_comes_in_where_a_server_is_not_healthy_and_nobody_is_kept_out_where_it_is() -> None:
    for where, port in (("a", 8443), ("shield", 8080)):
        text = deployed().named(f"cdn-{where}-proxy").inputs["dataRaw"]
        came = re.search(rf"bind :{port}[^\n]*\n(?: +#[^\n]*\n)* +tcp-request connection reject if (.+)", text)
        healthy = re.search(r"monitor-uri /healthz\n +monitor fail if (.+)", text)

        assert came, text
        assert healthy, text
        assert came[1] == healthy[1]


def test_each_location_has_a_port_of_its_own_and_the_shield_none() -> None:
    graph = deployed()

    published = [graph.named(f"cdn-{one}").inputs["endpointSpec"]["ports"][0]["publishedPort"] for one in ("a", "b")]
    assert published == [9443, 9444]
    assert not graph.named("cdn-shield").inputs["endpointSpec"].get("ports"), "only edges ask it"


def test_the_second_location_waits_for_the_first_so_that_one_always_answers() -> None:
    graph = deployed()

    waits = graph.named("cdn-b").options.get("depends_on", graph.named("cdn-b").options)
    assert graph.named("cdn-a").urn in str(waits)


def test_containers_have_no_privilege_and_the_shield_no_certificate() -> None:
    graph = deployed()

    for one, files in (("a", ["certificate.pem", "purge-key"]), ("shield", ["purge-key"])):
        container = graph.named(f"cdn-{one}").inputs["taskSpec"]["containerSpec"]
        assert (container["user"], container["readOnly"], container["capDrops"]) == ("10001:10001", True, ["ALL"])
        assert [secret["fileName"] for secret in container["secrets"]] == [f"/run/secrets/{file}" for file in files]


def test_secrets_are_marked_and_a_recording_makes_none(tmp_path: Path) -> None:
    settings = LocalSettings(images={"origin": "archkit/origin:1"}, keys=str(tmp_path))
    text = deployed(settings=settings).to_json()

    folder = tmp_path / "web-local" / "cdn"
    key = (folder / "purge-key").read_text()
    assert key not in text
    assert "PRIVATE KEY" not in text
    assert list(tmp_path.rglob("*")) != []
    again = deployed()
    assert again.named("cdn-purge-key").inputs["data"] == "[secret]"
    assert "archkit:local:Cdn" in again.to_json()


def test_keys_are_made_once_readable_by_their_owner_only_and_good_for_this_machine_only(tmp_path: Path) -> None:
    first, second = keys_in(tmp_path / "cdn"), keys_in(tmp_path / "cdn")

    assert first == second, "others were told to trust the first"
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "cdn").iterdir()} == {0o600}
    authority = x509.load_pem_x509_certificate((tmp_path / "cdn" / "authority.pem").read_bytes())
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
    assert x509.DNSName("localhost") in (permitted or [])
    x509.load_pem_x509_certificate(first.certificate.encode()).verify_directly_issued_by(authority)


def test_what_this_target_cannot_do_is_refused_with_the_reason_all_at_once() -> None:
    behaviours = (*ARGS.behaviours, Behaviour(path="/paid/*", origin="web", signed=True))
    args = CdnArgs(
        behaviours=behaviours,
        origin_groups=ARGS.origin_groups,
        signing_keys=(SigningKey(name="first", public_key_pem=PUBLIC),),
        domain=Domain(name="www.example.org", zone="example.org"),
    )
    with pytest.raises(InvalidArgsError) as caught:
        deployed(args)

    assert [problem.partition(";")[0] for problem in caught.value.problems] == [
        "cdn/cdn/domain: not available on local",
        "cdn/cdn/behaviours/signed: not available on local",
    ]
