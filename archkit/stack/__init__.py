"""Stacks: a design on a target, with its configuration and state; shared with plain `pulumi`."""
