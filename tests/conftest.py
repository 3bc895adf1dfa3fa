"""Fixtures of all tests: those of the pytest plugin `archkit.testing`, and `pytester` to test the plugin itself."""

pytest_plugins = ["pytester"]
