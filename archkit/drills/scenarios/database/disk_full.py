"""The disks of all members are full: each of them holds the same."""

import time
from collections.abc import Callable

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Fill
from archkit.drills.observe import asked, primary
from archkit.drills.scenarios.database.cluster import BACK_SECONDS, OnDatabase, database, members, whole
from archkit.drills.timeline import NOTE
from archkit.drills.victims.databases import inside
from archkit.drills.victims.members import Member
from archkit.plain import items, mapping, text
from components.database.contract import DATABASE
from components.database.local.layout import DATA_VOLUME, SOCKET_DIRECTORY

ALARM = "ALARM disk nearly full"
ALARM_SECONDS = 15.0  # it looks every 5 s
FULL_SECONDS = 5.0
LEFT_BYTES = 24 * 1024 * 1024  # a segment of the log, and some rows
_PSQL = ("psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-Atqh", SOCKET_DIRECTORY, "-d", DATABASE, "-c")
# 100 MB in the table and as much in the log: more than is left.
_BULK = "CREATE TABLE archkit_bulk AS SELECT n, repeat('x', 1000) AS text FROM generate_series(1, 100000) AS n"


class DatabaseDiskFull(OnDatabase):
    """What needs room is refused, an alarm says why, nothing is lost or corrupted, and room brings all of it back."""

    name = "database-disk-full"
    title = "The disks of all members of the database are full under four writers, and get room again"
    reason = (
        "a table that cannot grow is an error of that statement alone; where the log itself cannot grow the server "
        "ends before it acknowledges anything, and a replica takes over until its log cannot grow either; with room "
        "each starts again with what it had, or copies it anew"
    )
    setting = "local.database.storage_megabytes; `member-disk`, whose alarm comes below 10 % of room"

    def needs(self, deployed: Deployed) -> str | None:
        return super().needs(deployed) or _unsized(deployed)

    def run(self, drill: Drill) -> None:
        orders = database(drill.deployed)
        victim = drill.primary(orders)
        everybody = members(drill.deployed, orders)
        drill.steady(STEADY_SECONDS)
        began = int(time.time())
        with drill.fault(*(_full(one) for one in everybody)):
            refusal = _bulk(victim)
            drill.timeline.mark(f"100 MB more: {refusal or 'taken'}", kind=NOTE)
            drill.expect("what needs more room than there is is refused", lambda: bool(refusal), within=BACK_SECONDS)
            for one in everybody:
                drill.expect(f"an alarm stands in the log of {one.name}", _alarm(one, began), within=ALARM_SECONDS)
            drill.hold(FULL_SECONDS)
        drill.expect(
            f"one member of {orders} leads and {len(everybody) - 1} stream from it",
            whole(drill.deployed, orders, len(everybody)),
            within=BACK_SECONDS,
        )
        drill.expect("the same write is taken", lambda: asked(lambda: _taken(drill)), within=BACK_SECONDS)
        drill.hold(AFTER_SECONDS)


def volume(member: Member) -> str:
    """The name of the volume that a member has its data on."""
    found = mapping(member.host.container(member.container) or {})
    mounts = [mapping(one) for one in items(found.get("Mounts"))]
    return next((text(one.get("Name")) for one in mounts if one.get("Destination") == DATA_VOLUME), "")


def _full(victim: Member) -> Fill:
    return Fill(
        host=victim.host,
        container=victim.container,
        label=victim.name,
        volume=volume(victim),
        leave_bytes=LEFT_BYTES,
    )


def _unsized(deployed: Deployed) -> str | None:
    return next((problem for one in members(deployed, database(deployed)) for problem in _full(one).check()), None)


def _bulk(member: Member) -> str:
    """Why it was refused; empty where it was taken, and then removed again."""
    try:
        inside(member, [*_PSQL, _BULK])
        inside(member, [*_PSQL, "DROP TABLE archkit_bulk"])
    except OSError as error:
        return str(error)
    return ""


def _taken(drill: Drill) -> bool:
    leader = primary(drill.deployed, database(drill.deployed))
    return leader is not None and not _bulk(leader)


def _alarm(member: Member, since: int) -> Callable[[], bool]:
    def holds() -> bool:
        said = member.host.api.logs(member.container, stdout=True, stderr=True, since=since)
        return ALARM.encode() in said

    return lambda: asked(holds)
