"""What can go wrong, on purpose: each fault is a value with `check`, `inject`, `heal` and `describe`.

Use them through `archkit.drills.injection.injected`, which writes them down first and heals them whatever happens.
"""

from archkit.drills.faults.bad_deploy import BadDeploy, Release
from archkit.drills.faults.cut import Cut
from archkit.drills.faults.dependency_gone import DependencyGone
from archkit.drills.faults.fault import KINDS, Fault, from_document, to_document
from archkit.drills.faults.fill import Fill
from archkit.drills.faults.freeze import Freeze
from archkit.drills.faults.half_cut import Direction, HalfCut
from archkit.drills.faults.host import FaultError, Host
from archkit.drills.faults.kill import Kill
from archkit.drills.faults.lose import Lose
from archkit.drills.faults.lossy import Lossy
from archkit.drills.faults.restart import Restart, RollingRestart
from archkit.drills.faults.scheduler import SchedulerFrozen
from archkit.drills.faults.slow import Slow
from archkit.drills.faults.starve import Starve
from archkit.drills.faults.stop import Stop
from archkit.drills.faults.zones import ZoneCut, ZoneKilled, ZoneSwitch

__all__ = [
    "KINDS",
    "BadDeploy",
    "Cut",
    "DependencyGone",
    "Direction",
    "Fault",
    "FaultError",
    "Fill",
    "Freeze",
    "HalfCut",
    "Host",
    "Kill",
    "Lose",
    "Lossy",
    "Release",
    "Restart",
    "RollingRestart",
    "SchedulerFrozen",
    "Slow",
    "Starve",
    "Stop",
    "ZoneCut",
    "ZoneKilled",
    "ZoneSwitch",
    "from_document",
    "to_document",
]
