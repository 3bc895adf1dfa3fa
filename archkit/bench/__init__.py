"""Measurements: what the kit promises in figures, measured side by side in one run."""
