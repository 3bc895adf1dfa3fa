"""Secrets that a component of the local target needs: made once for each stack, the same at every run."""

from components.secrets.authority import Authority
from components.secrets.root import Derived, derive, root_problem, stack_root
from components.secrets.scram import scram_verifier

__all__ = ["Authority", "Derived", "derive", "root_problem", "scram_verifier", "stack_root"]
