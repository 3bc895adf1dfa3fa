"""Drills: break a deployed design on purpose, and report what its clients saw."""
