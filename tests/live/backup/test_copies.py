"""The first copies, and what is restored from them, exact to the transaction."""

import os

import pytest

from archkit.backup import held, offsite
from archkit.backup.compare import content
from archkit.backup.replace import replace
from archkit.backup.restore import restore, service_name
from archkit.backup.runner import remove
from archkit.drills.runner import Options, run_scenario
from archkit.drills.runner import held as alone
from archkit.drills.scenarios import scenarios
from archkit.drills.scenarios.backup.copied import archiving_stopped
from archkit.errors import UserError
from archkit.recorder import record

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]
RESTORED_SECONDS = 30
SLOW = 3  # others may run beside; the bench holds figures to their promise on a quiet machine
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="clients stand in a network of the stack, which takes root")


def test_the_first_copies_are_made_by_themselves_here_and_offsite(copied) -> None:
    assert {one.kind for one in copied.wait_for_copies(120)} == {"full"}


def test_a_point_in_time_is_restored_exact_to_the_transaction_and_takes_the_place_of_what_runs(
    copied, record_property
) -> None:
    copied.sql("CREATE TABLE markers (id int PRIMARY KEY, text text)")
    copied.sql("INSERT INTO markers SELECT i, md5(i::text) FROM generate_series(1, 5000) i")
    before = content(copied.primary)
    at = copied.now()
    copied.sql("INSERT INTO markers VALUES (5001, 'one transaction later')")
    copied.sql("UPDATE markers SET text = 'changed' WHERE id <= 10", "DELETE FROM markers WHERE id = 11")
    after = content(copied.primary)
    name = service_name(copied.repository, "trial")

    result = restore(copied.config, copied.repository, at, name)
    try:
        record_property("restore_seconds", round(result.seconds, 1))
        assert content(result.inside) == before, "every row of then, and none of after"
        assert content(copied.primary) == after, "what runs is not touched"
        (table,) = result.tables
        assert (table.table, table.same) == ("public.markers", False)
        assert result.seconds <= RESTORED_SECONDS
        replace(result.inside, copied.primary)
    finally:
        remove(copied.config, name, volume=True)

    assert content(copied.primary) == before
    assert copied.left_of_restoring() == []


@needs_root
def test_a_moment_under_four_writers_is_restored_exact_to_the_transaction(copied, tmp_path) -> None:
    with alone(copied.name, doing="a test"):
        report = run_scenario(scenarios()["restore-tested"], copied.deployed, Options(patience=SLOW), folder=tmp_path)

    (run,) = report.runs
    assert run.expectations == ()
    assert run.measures.sent > 500, "too few writes would prove nothing"
    assert run.measures.lost == 0
    assert copied.left_of_restoring() == []


@needs_root
def test_where_the_log_was_let_go_the_same_drill_misses(copied, tmp_path) -> None:
    with alone(copied.name, doing="a test"), archiving_stopped(copied.primary):
        report = run_scenario(scenarios()["restore-tested"], copied.deployed, Options(patience=SLOW), folder=tmp_path)

    (missed,) = report.runs[0].expectations
    assert "--to: must be a time that the copied log reaches, got a later one" in missed
    copied.archkit("backup", "now", copied.name, "--full")  # a new window begins: what comes next is complete


def test_what_cannot_be_reached_is_refused_and_leaves_nothing(copied) -> None:
    repository = copied.repository
    oldest = min(one.stopped for one in held.copies(repository))
    for at, said in (
        (oldest.replace(year=oldest.year - 1), "--to: must not be before the end of the oldest copy"),
        (oldest.replace(year=oldest.year + 1), "--to: must not be in the future"),
    ):
        with pytest.raises(UserError, match=said):
            restore(copied.config, repository, at, service_name(repository, "trial"))
    with pytest.raises(UserError, match="--as: must be another name than the database's, got 'orders', which runs"):
        service_name(repository, "orders")
    with pytest.raises(UserError, match=r"restore: nothing of '.*' may run, got a stack that does"):
        offsite.restore(
            copied.config,
            offsite.site(record(copied.design, stack=copied.name), copied.name, None),
            None,
            copied.root_secret,
        )
    assert copied.left_of_restoring() == []
