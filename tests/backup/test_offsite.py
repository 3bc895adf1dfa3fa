"""The site is lost: what is asked for before anything is touched."""

import pytest

from archkit.backup import offsite
from archkit.errors import UserError
from archkit.graph import Graph
from archkit.recorder import record
from components.backup import BackupArgs
from components.database import DatabaseArgs
from components.network import NetworkArgs
from components.settings import LocalSettings
from components.targets.local import LocalTarget


def recorded(*databases: str, keep: bool = True) -> Graph:
    def program() -> None:
        target = LocalTarget(LocalSettings())
        network = target.network("network", NetworkArgs())
        made = [target.database(one, DatabaseArgs(), network=network) for one in databases]
        target.backup("vault", BackupArgs(offsite=keep), network=network, databases=made)

    return record(program, stack="api-local")


def test_what_is_restored_and_from_where_is_the_designs() -> None:
    found = offsite.site(recorded("orders"), "api-local", None)

    assert (found.backup, found.database, found.source) == ("vault", "orders", "api-local-vault-offsite")
    assert found.image.startswith("localhost/archkit/postgresql:")


@pytest.mark.parametrize(
    ("databases", "keep", "wanted", "said"),
    [
        (("orders",), False, None, "--database: must be one with offsite copies, got none; api-local has none"),
        (("orders", "users"), True, None, "--database: must be one with offsite copies, got none; "),
        (("orders",), True, "users", "--database: must be one with offsite copies, got users; api-local has orders"),
    ],
)
def test_a_database_that_is_not_meant_or_has_no_offsite_copy_is_refused(
    databases: tuple[str, ...], keep: bool, wanted: str | None, said: str
) -> None:
    with pytest.raises(UserError) as refused:
        offsite.site(recorded(*databases, keep=keep), "api-local", wanted)

    assert refused.value.problems[0].startswith(said)


@pytest.mark.parametrize("root", [None, "", "short"])
def test_without_the_key_of_the_lost_site_nothing_is_tried(root: str | None) -> None:
    with pytest.raises(UserError) as refused:
        offsite.key_of(root)

    assert refused.value.problems == (
        "key: must follow from the secret `archkit:secret` of the lost site, got none; bring that stack's own file and "
        "its passphrase: a new secret opens none of its copies",
    )
    assert offsite.key_of("x" * 40) == "x" * 40
