"""Calls the host's programs."""

from __future__ import annotations

import subprocess

from archkit.errors import UserError


def call(*command: str, check: bool = True, timeout: float = 60) -> str:
    """Runs a program and gives what it printed.

    Raises:
        UserError: It failed; its own words.

    """
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=timeout, stdin=subprocess.DEVNULL
    )
    if check and done.returncode != 0:
        message = f"lab: `{' '.join(command)}` failed with exit code {done.returncode}; {done.stderr.strip()[-400:]}"
        raise UserError(message)
    return done.stdout


def succeeds(*command: str) -> bool:
    """Whether a program ends with exit code 0."""
    return (
        subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, stdin=subprocess.DEVNULL
        ).returncode
        == 0
    )
