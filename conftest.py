"""Gives the fixtures in tests/support to all tests, the plugins' own included."""

pytest_plugins = ("tests.support.fixtures",)
