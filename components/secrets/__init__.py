"""Secrets that a component of the local target needs: made once for each stack, the same at every run."""

from components.secrets.authority import Authority
from components.secrets.root import Derived, derive, root_problem, stack_root
from components.secrets.scram import scram_verifier
from components.secrets.ssh import ssh_key, ssh_public

__all__ = [
    "Authority",
    "Derived",
    "derive",
    "root_problem",
    "scram_verifier",
    "ssh_key",
    "ssh_public",
    "stack_root",
]
