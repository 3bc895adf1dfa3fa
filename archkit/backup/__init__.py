"""Copies of a deployed stack's databases: listed, made, proven, restored."""
