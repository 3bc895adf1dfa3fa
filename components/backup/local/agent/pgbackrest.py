"""pgBackRest, as this program calls it."""

import json
import subprocess
from typing import Any

_LONGEST_SECONDS = 24 * 60 * 60
_LINES = 3
_QUIET = ("--log-level-console=error",)


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
        return self._run(f"--stanza={self._stanza}", *options, command)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["pgbackrest", *arguments],
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
        return json.loads(self.call("info", "--output=json", *_QUIET))

    def log_files(self, number: int) -> list[str]:
        """Names of the files in one repository's archive.

        Raises:
            BackrestError: It cannot be read.

        """
        options = (f"--repo={number}", "--recurse", "--output=json", *_QUIET)
        found = self._run(*options, "repo-ls", f"archive/{self._stanza}")
        return [name.rpartition("/")[2] for name in json.loads(found)]

    def serve(self) -> subprocess.Popen[bytes]:
        """The server that members send their log to; it runs on."""
        return subprocess.Popen(["pgbackrest", "server"])
