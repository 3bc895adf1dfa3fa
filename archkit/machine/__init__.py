"""What the kit needs of the machine: each thing with a check and, where it can be had without asking, a fix."""

from archkit.machine.errors import NoDockerError
from archkit.machine.findings import Finding, State
from archkit.machine.targets import Target, inspect, prepare, repair

__all__ = ["Finding", "NoDockerError", "State", "Target", "inspect", "prepare", "repair"]
