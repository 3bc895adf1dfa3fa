"""The loss of the site, after all other tests of this package."""

import time

import pytest

from archkit.backup import moment, offsite
from archkit.backup.compare import content
from archkit.bench.from_memory import destroyed
from archkit.errors import UserError
from archkit.recorder import record
from archkit.stack import volumes

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]


def test_after_the_loss_of_the_site_everything_comes_back_from_the_offsite_copy_alone(copied, record_property) -> None:
    before = content(copied.primary)
    copied.sql("SELECT pg_switch_wal()")  # what `archive_timeout` does a minute later at the latest
    written = copied.sql("SELECT pg_walfile_name(pg_current_wal_lsn() - 1)")
    until = time.monotonic() + 60
    while copied.sql("SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver")[:24] < written[:24]:
        assert time.monotonic() < until, "the log did not arrive"
        time.sleep(0.5)
    lost_at = copied.now()
    destroyed(copied.stack)
    lost = [one for one in volumes.volumes(copied.docker, copied.name) if not one.endswith("-offsite")]
    for name in lost:
        copied.docker.volumes.get(name).remove()
    wanted = offsite.site(record(copied.design, stack=copied.name), copied.name, None)

    with pytest.raises(UserError, match="key: must be the one that the copies were encrypted with"):
        offsite.restore(copied.config, wanted, None, "another root secret that opens nothing at all")
    assert volumes.volumes(copied.docker, copied.name) == [wanted.source], "a wrong key leaves nothing behind"

    began = time.monotonic()
    filled = offsite.restore(copied.config, wanted, moment.parse("latest"), copied.root_secret)
    assert filled.tables == before
    copied.up()
    assert content(copied.primary) == before
    record_property("site_lost_seconds", round(time.monotonic() - began))
    assert time.monotonic() - began <= 300, "five minutes is what is promised"
    # Also offsite, where older ones are: the log after those begins in another database.
    copied.wait_for_copies(120, since=lost_at)
