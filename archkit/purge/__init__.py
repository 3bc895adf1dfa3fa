"""Removes what a CDN keeps, by path or by tag: one function for each target."""
