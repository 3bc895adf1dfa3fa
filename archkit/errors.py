"""How the command line speaks of what went wrong, and the exit codes that go with it."""

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit code means.

    `FAILED`: the user's input, the machine or a check is not as it must be. `DEGRADED`: all that could be
    done here was done, and something could not. `INTERRUPTED`: Ctrl-C.
    """

    OK = 0
    FAILED = 1
    USAGE = 2
    DEGRADED = 3
    INTERRUPTED = 130


class UserError(Exception):
    """One or more problems that the user can do something about; shown without a traceback.

    Args:
        problems: One text each: what is wrong, why, and the remedy.
        exit_code: What the command ends with.

    """

    def __init__(self, *problems: str, exit_code: ExitCode = ExitCode.FAILED) -> None:
        self.problems: tuple[str, ...] = problems
        self.exit_code = exit_code
        super().__init__("\n".join(problems))

    @classmethod
    def of(cls, problems: Iterable[str]) -> "UserError":
        return cls(*problems)
