"""Targets: the only modules that import realisations."""
