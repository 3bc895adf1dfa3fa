"""The newest copy is restored beside what runs."""

from contextlib import ExitStack

from archkit.backup.compare import at_rest, content
from archkit.backup.restore import restore, service_name
from archkit.backup.runner import remove
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.scenarios.backup.copied import OnBackup, config, leader, repository
from archkit.drills.timeline import FAULT
from archkit.errors import UserError

RESTORED_SECONDS = 30.0
_TRIAL = "drill"


class RestoreTested(OnBackup):
    """A copy counts once it was restored: to a moment between two transactions, and nothing of what runs is touched."""

    name = "restore-tested"
    title = "The database is restored beside itself to a moment under four writers, and compared by content"
    reason = (
        "a whole copy and the log after it hold every transaction with its time: what was committed by then is there, "
        "and nothing after it"
    )
    setting = "backup: `archive_timeout`, pgBackRest's `--type=time`; backup/retention"

    def run(self, drill: Drill) -> None:
        copied, settings = repository(drill.deployed), config(drill.deployed)
        name = service_name(copied, _TRIAL)
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(failed=0)
        at, then = at_rest(leader(drill.deployed))
        drill.timeline.mark(f"the moment that is restored: {at:%H:%M:%S.%f} UTC")
        drill.hold(AFTER_SECONDS)  # so that there is something that must not be restored
        drill.timeline.mark("the drill restores the database beside itself", kind=FAULT)
        with ExitStack() as after:
            after.callback(remove, settings, name, volume=True)
            try:
                result = restore(settings, copied, at, name)
            except UserError as error:
                drill.missed.extend(error.problems)
                return
            drill.expect("it is restored and answers", lambda: True, within=RESTORED_SECONDS)
            found = content(result.inside)
        different = sorted(table for table in {*found, *then} if found.get(table) != then.get(table))
        said = f", but not {', '.join(different)}" if different else ""
        drill.expect(f"every table has the rows and the hash of that moment{said}", lambda: not different, within=60)
        drill.hold(AFTER_SECONDS)
