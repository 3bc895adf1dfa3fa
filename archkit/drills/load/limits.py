"""What the generator's process needs of the machine."""

import contextlib
import os
import resource
import signal

SLEEPLESS_MICROSECONDS = 250_000


def raise_open_files() -> int:
    """Raises the limit of open files to the hard one, and returns it: each connection needs a descriptor."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS says "unlimited" and refuses it
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def raise_priority() -> bool:
    """Lets this process run the moment a timer of its own is due, where the user may (root on Linux); True then.

    On a busy machine an ordinary process waits for the time slices of others (3 ms each, and measured as latency).
    The real-time class is safe here since the generator sleeps between operations. One that does not, because it is
    overloaded, is put back by the kernel's own guard: after a quarter of a second without sleep.
    """
    if not hasattr(os, "SCHED_RR") or (os.cpu_count() or 1) < 2:
        return False
    try:
        resource.setrlimit(resource.RLIMIT_RTTIME, (SLEEPLESS_MICROSECONDS, resource.RLIM_INFINITY))
        signal.signal(signal.SIGXCPU, _give_way)
        # Threads and programs that this process starts do not inherit the class.
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    except (OSError, ValueError):
        return False
    return True


def _give_way(_signal: int, _frame: object) -> None:
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
