"""The arithmetic of scaling: one code for the controller, the simulator and the tests; nothing in it asks a clock."""

from components.controller.agent.policy.model import Decision, Observation, Policy, Reading, Schedule
from components.controller.agent.policy.tracking import Tracker

__all__ = ["Decision", "Observation", "Policy", "Reading", "Schedule", "Tracker"]
