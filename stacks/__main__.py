"""Run by the Pulumi engine: the program that the stack's configuration describes, and nothing else."""

from stacks.program import from_engine

from_engine()
