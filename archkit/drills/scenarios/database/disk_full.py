"""The disk of the primary is full."""

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
LEFT_BYTES = 24 * 1024 * 1024  # a segment of the log, and some rows
_PSQL = ("psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-Atqh", SOCKET_DIRECTORY, "-d", DATABASE, "-c")
# 100 MB in the table and as much in the log: more than is left.
_BULK = "CREATE TABLE archkit_bulk AS SELECT n, repeat('x', 1000) AS text FROM generate_series(1, 100000) AS n"


class DatabaseDiskFull(OnDatabase):
    """What needs room is refused, an alarm says why, nothing is lost or corrupted, and room brings all of it back."""

    name = "database-disk-full"
    title = "The disk of the database's primary is full under four writers, and gets room again"
    reason = (
        "a table that cannot grow is an error of that statement alone; where the log itself cannot grow the server "
        "ends before it acknowledges anything, and a replica with room takes over"
    )
    setting = "local.database.storage_megabytes; `member-disk`, whose alarm comes below 10 % of room"

    def needs(self, deployed: Deployed) -> str | None:
        return super().needs(deployed) or _unsized(deployed)

    def run(self, drill: Drill) -> None:
        orders = database(drill.deployed)
        victim = drill.primary(orders)
        count = len(members(drill.deployed, orders))
        drill.steady(STEADY_SECONDS)
        with drill.fault(_full(victim)):
            refusal = _bulk(victim)
            drill.timeline.mark(f"100 MB more: {refusal or 'taken'}", kind=NOTE)
            drill.expect("what needs more room than there is is refused", lambda: bool(refusal), within=BACK_SECONDS)
            drill.expect(f"an alarm stands in the log of {victim.name}", _alarm(victim), within=ALARM_SECONDS)
        drill.expect(
            f"one member of {orders} leads and {count - 1} stream from it, the one that was full among them",
            whole(drill.deployed, orders, count),
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
    leader = primary(deployed, database(deployed))
    return "needs a primary, nobody leads" if leader is None else next(iter(_full(leader).check()), None)


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


def _alarm(member: Member) -> Callable[[], bool]:
    def holds() -> bool:
        said = member.host.api.logs(member.container, stdout=True, stderr=True, tail=500)
        return ALARM.encode() in said

    return lambda: asked(holds)
