"""Gives the fixtures of `core.testing` and those in tests/support to all tests, the plugins' own included."""

pytest_plugins = ("core.testing", "tests.support.fixtures")
