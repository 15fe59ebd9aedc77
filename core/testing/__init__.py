"""What the tests of any plugin get: databases, a small region, people at their browsers, the contract.

In `conftest.py`: `pytest_plugins = ("core.testing",)`.
"""

pytest_plugins = ("core.testing.fixtures",)
