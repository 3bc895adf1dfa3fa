"""pgBackRest, as this program calls it."""

import json
import subprocess
from typing import Any

_LONGEST_SECONDS = 24 * 60 * 60
_LINES = 3


class BackrestError(Exception):
    """A command ended badly; its last lines."""


class Backrest:
    """Commands on one database's repositories."""

    def __init__(self, stanza: str) -> None:
        self._stanza = stanza

    def call(self, command: str, *options: str) -> str:
        """What a command printed.

        Raises:
            BackrestError: It did not end well.

        """
        done = subprocess.run(
            ["pgbackrest", f"--stanza={self._stanza}", *options, command],
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST_SECONDS,
        )
        if done.returncode != 0:
            # Without time and process, so that the same error reads the same.
            said = [one.partition("ERROR: ")[2] for one in (done.stdout + done.stderr).splitlines() if "ERROR: " in one]
            raise BackrestError("; ".join(said[:_LINES]) or f"exit code {done.returncode}")
        return done.stdout

    def info(self) -> Any:
        """Which copies there are."""
        return json.loads(self.call("info", "--output=json", "--log-level-console=error"))

    def serve(self) -> subprocess.Popen[bytes]:
        """The server that members send their log to; it runs on."""
        return subprocess.Popen(["pgbackrest", "server"])
