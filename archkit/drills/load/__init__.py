"""Open-loop load: what clients do, when they should have done it, and what came of it.

with Load(Job(workload=HttpReads(...), schedule=Schedule.constant(500), directory=folder), name="GET /") as load:
    load.start()
    ...
    result = load.stop()
"""

from archkit.drills.load.consistency import Consistency, Finding, check
from archkit.drills.load.generator import Counters
from archkit.drills.load.history import Read, Record, Write
from archkit.drills.load.http import ClientArgs, HttpReads, HttpWrites
from archkit.drills.load.latency import Latency, latency_of, merged
from archkit.drills.load.outcome import Kind, Outcome
from archkit.drills.load.process import Load
from archkit.drills.load.result import LoadResult, Pace
from archkit.drills.load.samples import Sample, Samples
from archkit.drills.load.schedule import Schedule, Segment
from archkit.drills.load.worker import Job
from archkit.drills.load.workload import Workload

__all__ = [
    "ClientArgs",
    "Consistency",
    "Counters",
    "Finding",
    "HttpReads",
    "HttpWrites",
    "Job",
    "Kind",
    "Latency",
    "Load",
    "LoadResult",
    "Outcome",
    "Pace",
    "Read",
    "Record",
    "Sample",
    "Samples",
    "Schedule",
    "Segment",
    "Workload",
    "Write",
    "check",
    "latency_of",
    "merged",
]
